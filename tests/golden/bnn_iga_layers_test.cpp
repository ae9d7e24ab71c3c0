// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <functional>

#include "tests/golden/bnn_iga.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using sumline::Resolution;
using sumline::Slope;
using sumline::TiledLayer;
using sumline::test::close;
using sumline::test::Combo;
using sumline::test::GoldenFile;
using sumline::test::open_golden;

constexpr std::uint32_t kConvolutionChannels = 14;
constexpr std::uint32_t kLinearInputs = 128;

/// Everything but the elements that the original's summation order decides.
at::Tensor decided(const GoldenFile& golden, const std::string& tag, const at::Tensor& y) {
  return golden.contains(tag + ".amb") ? y.masked_select(golden.tensor(tag + ".amb").eq(0)) : y;
}

std::string bits_name(const std::string& tag, std::size_t begin, std::size_t end) {
  return tag.substr(begin, end - begin);
}

using Product = std::function<at::Tensor(const at::Tensor&, const at::Tensor&, const TiledLayer&)>;

/// Forward and backward of one combination of bits, against y, gx, gw and gb.
void check_combo(const GoldenFile& golden, const std::string& tag, TiledLayer layer, const Product& product) {
  INFO(tag);
  const at::Tensor x = golden.tensor("x").clone().requires_grad_(true);
  const at::Tensor w = golden.tensor("w_latent").clone().requires_grad_(true);
  const at::Tensor xq = sumline::quantize_operands(x, layer.activations, Slope::straight_through);
  const at::Tensor wq = sumline::quantize_operands(w, layer.weights, Slope::straight_through);
  at::Tensor y = product(xq, wq, layer);
  at::Tensor bias;
  if (golden.contains("bias")) {
    bias = golden.tensor("bias").clone().requires_grad_(true);
    y = y + (y.dim() == 4 ? bias.view({1, -1, 1, 1}) : bias);
  }
  const bool exact = layer.converter.resolution != Resolution::full;
  if (exact) {
    CHECK(decided(golden, tag, y).equal(decided(golden, tag, golden.tensor(tag + ".y"))));
  } else {
    CHECK(close(y, golden.tensor(tag + ".y")));
  }
  if (golden.contains(tag + ".psq")) {
    CHECK(sumline::convert_sums(golden.tensor(tag + ".ps"), layer.converter)
              .equal(golden.tensor(tag + ".psq")));
  }
  y.backward(golden.tensor(tag + ".go"));
  CHECK(close(x.grad(), golden.tensor(tag + ".gx")));
  CHECK(close(w.grad(), golden.tensor(tag + ".gw")));
  if (bias.defined()) CHECK(close(bias.grad(), golden.tensor(tag + ".gb")));
}

void check_operands(const GoldenFile& golden, const Combo& combo) {
  const std::size_t weights = combo.tag.find('w');
  const std::string a = "xq." + bits_name(combo.tag, 0, weights);
  const std::string w =
      "wq." + bits_name(combo.tag, weights, combo.tag.find('p', combo.tag.find_last_of("wp") - 1));
  if (golden.contains(a)) {
    CHECK(sumline::quantize_operands(golden.tensor("x"), combo.activations, Slope::impulse)
              .equal(golden.tensor(a)));
  }
  if (golden.contains(w)) {
    CHECK(sumline::quantize_operands(golden.tensor("w_latent"), combo.weights, Slope::impulse)
              .equal(golden.tensor(w)));
  }
}

TiledLayer tiled(const Combo& combo, std::uint32_t channels, std::uint32_t stride = 1,
                 std::uint32_t padding = 0) {
  return {channels,          stride,        padding,
          combo.activations, combo.weights, sumline::test::released_converter(combo.converter)};
}

void check_convolution(const std::string& file) {
  const auto golden = open_golden("bnn_iga/" + file);
  if (!golden) return;
  const auto geometry = golden->integers("geom");
  const auto stride = static_cast<std::uint32_t>(geometry[3]);
  const auto padding = static_cast<std::uint32_t>(geometry[4]);
  const auto combos = combos_before(*golden, ".y");
  REQUIRE_FALSE(combos.empty());
  for (const Combo& combo : combos) {
    check_operands(*golden, combo);
    check_combo(*golden, combo.tag, tiled(combo, kConvolutionChannels, stride, padding),
                sumline::tiled_convolution);
  }
}

/// The entries "last" (no quantisation) and "sp" (binary; no converter behind 784 inputs).
void check_named_linear(const GoldenFile& golden) {
  if (golden.contains("last.y")) {
    check_combo(golden, "last", tiled(sumline::test::parse_combo("a32w32p32"), kLinearInputs),
                sumline::tiled_linear);
  }
  if (golden.contains("sp.y")) {
    const char* bits = golden.contains("sp.ps") ? "a1w1p1" : "a1w1p32";
    check_combo(golden, "sp", tiled(sumline::test::parse_combo(bits), kLinearInputs), sumline::tiled_linear);
  }
}

void check_linear(const std::string& file) {
  const auto golden = open_golden("bnn_iga/" + file);
  if (!golden) return;
  const auto combos = combos_before(*golden, ".y");
  REQUIRE_FALSE(combos.empty());
  for (const Combo& combo : combos) {
    check_operands(*golden, combo);
    check_combo(*golden, combo.tag, tiled(combo, kLinearInputs), sumline::tiled_linear);
  }
  check_named_linear(*golden);
}

/// A plain convolution: what the first layer and the shortcuts are.
void check_plain(const GoldenFile& golden, const std::string& prefix, std::int64_t stride,
                 std::int64_t padding) {
  const at::Tensor x = golden.tensor(prefix + "x").clone().requires_grad_(true);
  const at::Tensor w = golden.tensor(prefix + "w_latent").clone().requires_grad_(true);
  const at::Tensor y = at::conv2d(x, w, {}, stride, padding);
  CHECK(close(y, golden.tensor(prefix + "y")));
  y.backward(golden.tensor(prefix + "go"));
  CHECK(close(x.grad(), golden.tensor(prefix + "gx")));
  CHECK(close(w.grad(), golden.tensor(prefix + "gw")));
}

}  // namespace

TEST_CASE("bnn_iga/conv_c10.pt") {
  check_convolution("conv_c10.pt");
}
TEST_CASE("bnn_iga/conv_c14.pt") {
  check_convolution("conv_c14.pt");
}
TEST_CASE("bnn_iga/conv_c16s2.pt") {
  check_convolution("conv_c16s2.pt");
}
TEST_CASE("bnn_iga/conv_c30.pt") {
  check_convolution("conv_c30.pt");
}
TEST_CASE("bnn_iga/conv_c45k1.pt") {
  check_convolution("conv_c45k1.pt");
}
TEST_CASE("bnn_iga/conv_c80.pt") {
  check_convolution("conv_c80.pt");
}
TEST_CASE("bnn_iga/linear_l100.pt") {
  check_linear("linear_l100.pt");
}
TEST_CASE("bnn_iga/linear_l128.pt") {
  check_linear("linear_l128.pt");
}
TEST_CASE("bnn_iga/linear_l300.pt") {
  check_linear("linear_l300.pt");
}
TEST_CASE("bnn_iga/linear_l512.pt") {
  check_linear("linear_l512.pt");
}
TEST_CASE("bnn_iga/linear_l784.pt") {
  check_linear("linear_l784.pt");
}

TEST_CASE("bnn_iga/conv_c3.pt") {
  const auto golden = open_golden("bnn_iga/conv_c3.pt");
  if (!golden) return;
  const auto geometry = golden->integers("geom");
  const auto plain = sumline::test::parse_combo("a32w32p32");
  for (const Combo& combo : combos_before(*golden, ".y")) {
    check_combo(*golden, combo.tag,
                tiled(plain, kConvolutionChannels, static_cast<std::uint32_t>(geometry[3]),
                      static_cast<std::uint32_t>(geometry[4])),
                sumline::tiled_convolution);
  }
}

TEST_CASE("bnn_iga/conv_fp.pt") {
  const auto golden = open_golden("bnn_iga/conv_fp.pt");
  if (!golden) return;
  check_plain(*golden, "first.", 1, 1);
  check_plain(*golden, "short.", 2, 0);
}
