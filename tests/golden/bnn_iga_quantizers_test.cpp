// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/bnn_iga.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using sumline::Converter;
using sumline::Resolution;
using sumline::Slope;
using sumline::test::GoldenFile;
using sumline::test::open_golden;

struct NamedResolution {
  const char* name;
  Resolution resolution;
};
constexpr NamedResolution kOperands[] = {{"1", Resolution::binary},   {"1p5", Resolution::ternary},
                                         {"2", Resolution::two_bit},  {"3", Resolution::three_bit},
                                         {"4", Resolution::four_bit}, {"5", Resolution::full}};

void check_operands(const GoldenFile& golden) {
  for (const auto& [name, resolution] : kOperands) {
    INFO(name);
    const at::Tensor x = golden.tensor("x").clone().requires_grad_(true);
    const at::Tensor y = sumline::quantize_operands(x, resolution, Slope::impulse);
    CHECK(y.equal(golden.tensor(std::string("y_") + name)));
    if (!golden.contains(std::string("gx_") + name)) continue;
    y.backward(golden.tensor("go"));
    // The original evaluates the Gaussian in float32: its exponent, up to 200, carries the rounding.
    CHECK(at::allclose(x.grad(), golden.tensor(std::string("gx_") + name), 1e-5, 1e-6));
  }
}

}  // namespace

TEST_CASE("bnn_iga/quant_act.pt") {
  if (const auto golden = open_golden("bnn_iga/quant_act.pt")) check_operands(*golden);
}

TEST_CASE("bnn_iga/quant_weight.pt") {
  if (const auto golden = open_golden("bnn_iga/quant_weight.pt")) check_operands(*golden);
}

TEST_CASE("bnn_iga/quant_psum.pt") {
  const auto golden = open_golden("bnn_iga/quant_psum.pt");
  if (!golden) return;
  const std::vector<double> code(sumline::kReleasedSigmas.begin(), sumline::kReleasedSigmas.end());
  CHECK(golden->numbers("sigma_code") == code);
  const std::vector<double> readme(sumline::kPublishedSigmas.begin(), sumline::kPublishedSigmas.end());
  CHECK(golden->numbers("sigma_readme") == readme);
  for (const auto& [name, resolution] : kOperands) {
    if (resolution == Resolution::ternary) continue;
    INFO(name);
    for (const std::string& set : {"code", "readme"}) {
      const std::string gradient = "gx_" + set + '_' + name;
      if (!golden->contains(gradient)) continue;
      Converter converter = sumline::test::released_converter(resolution);
      if (resolution != Resolution::full) {
        converter.sigma = golden->numbers("sigma_" + set).at(sumline::staircase_bits(resolution) - 1);
      }
      const at::Tensor x = golden->tensor("x").clone().requires_grad_(true);
      const at::Tensor y = sumline::convert_sums(x, converter);
      CHECK(y.equal(golden->tensor(std::string("y_") + name)));
      y.backward(golden->tensor("go"));
      CHECK(at::allclose(x.grad(), golden->tensor(gradient), 1e-5, 1e-6));
    }
  }
}

TEST_CASE("bnn_iga/adc_generic.pt") {
  const auto golden = open_golden("bnn_iga/adc_generic.pt");
  if (!golden) return;
  const at::Tensor x = golden->tensor("x");
  for (const int range : {32, 64, 256}) {
    for (const std::uint32_t bits : {1U, 2U, 3U, 4U, 6U}) {
      const std::string tag = "_R" + std::to_string(range) + "_b" + std::to_string(bits);
      INFO(tag);
      const sumline::Staircase staircase(-range, range, bits);
      at::Tensor y = at::empty_like(x);
      at::Tensor slope = at::empty_like(x);
      for (std::int64_t i = 0; i < x.numel(); ++i) {
        const float v = x.data_ptr<float>()[i];
        y.data_ptr<float>()[i] = staircase.level(staircase.index(v));
        slope.data_ptr<float>()[i] = static_cast<float>(sumline::impulse_slope(v, staircase.step(), 5));
      }
      CHECK(y.equal(golden->tensor("y" + tag)));
      CHECK(at::allclose(slope, golden->tensor("slope" + tag + "_s5"), 1e-5, 1e-6));
    }
  }
}
