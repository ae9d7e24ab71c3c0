// SPDX-License-Identifier: Apache-2.0
#include "nn/quantizers/hwgq.hpp"
#include "nn/quantizers/mid_rise.hpp"
#include "nn/quantizers/steps.hpp"
#include "tests/golden/golden_file.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using sumline::test::GoldenFile;
using sumline::test::open_golden;

at::Tensor leaf(const at::Tensor& values) {
  return values.clone().requires_grad_(true);
}

std::string prefix(std::uint32_t bits) {
  return "b" + std::to_string(bits) + '.';
}

}  // namespace

TEST_CASE("redpim/tables.pt") {
  const auto golden = open_golden("redpim/tables.pt");
  if (!golden) return;
  const std::string name = "bit_hwgqstep_gaussstep_factor";
  const auto table = golden->numbers(name);
  REQUIRE(golden->shape(name) == std::vector<std::int64_t>{sumline::kMaxBits, 4});
  for (std::size_t row = 0; row < sumline::kMaxBits; ++row) {
    const auto& width = sumline::bit_width(static_cast<std::uint32_t>(table[4 * row]));
    CHECK(width.hwgq_step == table[4 * row + 1]);
    CHECK(width.gaussian_step == table[4 * row + 2]);
    CHECK(width.adc_saving == table[4 * row + 3]);
  }
}

TEST_CASE("redpim/hwgq.pt") {
  const auto golden = open_golden("redpim/hwgq.pt");
  if (!golden) return;
  for (std::uint32_t bits = 1; bits <= sumline::kMaxBits; ++bits) {
    const std::string b = prefix(bits);
    INFO(b);
    const at::Tensor x = leaf(golden->tensor(b + "x"));
    const at::Tensor y = sumline::hwgq(x, bits);
    CHECK(y.equal(golden->tensor(b + "y")));
    CHECK(sumline::hwgq_codes(x, bits).to(at::kShort).equal(golden->tensor(b + "code")));
    CHECK(sumline::bit_width(bits).hwgq_step == golden->number(b + "step"));
    y.backward(golden->tensor(b + "gout"));
    CHECK(x.grad().equal(golden->tensor(b + "gx")));
  }
}

TEST_CASE("redpim/gauss_weight.pt") {
  const auto golden = open_golden("redpim/gauss_weight.pt");
  if (!golden) return;
  for (std::uint32_t bits = 1; bits <= sumline::kMaxBits; ++bits) {
    const std::string b = prefix(bits);
    INFO(b);
    const at::Tensor w = leaf(golden->tensor(b + "w"));
    const double step = sumline::gaussian_step(w, bits);
    CHECK(step == golden->number(b + "eff_step"));
    const at::Tensor quantized = sumline::mid_rise(w, step, bits);
    CHECK(quantized.equal(golden->tensor(b + "wq")));
    CHECK(
        sumline::mid_rise_codes(w, step, bits).to(at::kShort).equal(golden->tensor(b + "u").to(at::kShort)));
    quantized.backward(golden->tensor(b + "gout"));
    CHECK(w.grad().equal(golden->tensor(b + "gw")));

    const at::Tensor x = leaf(golden->tensor("abs." + b + "x"));
    const at::Tensor y = sumline::mid_rise(x, golden->number("abs." + b + "step"), bits);
    CHECK(y.equal(golden->tensor("abs." + b + "y")));
    y.backward(golden->tensor("abs." + b + "gout"));
    CHECK(x.grad().equal(golden->tensor("abs." + b + "gx")));
  }
}
