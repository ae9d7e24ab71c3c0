// SPDX-License-Identifier: Apache-2.0
#include <torch/types.h>

#include "components/model/pac_layer.hpp"
#include "tests/golden/pacim.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using namespace sumline;
using sumline::test::bytes;
using sumline::test::close_to_largest;
using sumline::test::GoldenFile;
using sumline::test::open_golden;
using sumline::test::PacimLayer;
using sumline::test::within;

/// The file's codes as the engine takes them.
struct Codes {
  WindowGeometry geometry;
  std::vector<std::uint8_t> weights;
  std::vector<std::uint8_t> maps;  ///< [images, height, width, channels]
  std::uint8_t pad_code;
  std::int64_t images;

  Codes(const GoldenFile& golden, const PacimLayer& layer)
      : weights(bytes(golden.tensor("w_q"))), pad_code(0), images(golden.shape("x_q")[0]) {
    at::Tensor x = golden.tensor("x_q");
    if (layer.linear) x = x.unsqueeze(2).unsqueeze(3);
    if (golden.contains("x_zero")) pad_code = static_cast<std::uint8_t>(golden.number("x_zero"));
    const auto side = [&](int i) { return static_cast<std::uint32_t>(x.size(i)); };
    geometry = {{side(1), side(2), side(3)}, layer.shape.kernel, layer.shape.stride, layer.shape.padding};
    maps = bytes(x.permute({0, 2, 3, 1}));
  }

  /// Products in the layout of the file. @param classes filled where not null
  at::Tensor products(const PacRule& rule, std::int64_t outputs,
                      std::vector<std::uint8_t>* classes = nullptr) const {
    const PacLayer layer(weights, static_cast<std::size_t>(outputs), geometry, rule);
    const auto positions = static_cast<std::int64_t>(geometry.positions()) * images;
    at::Tensor results = at::empty({images, geometry.out_height(), geometry.out_width(), outputs});
    std::vector<std::uint8_t> indices(static_cast<std::size_t>(positions));
    layer.run(maps, pad_code, {0, indices.size()}, {},
              {results.data_ptr<float>(), static_cast<std::size_t>(results.numel())}, indices);
    if (classes != nullptr) *classes = indices;
    return results.permute({0, 3, 1, 2});
  }
};

/// As many dimensions as the reference: a linear layer's maps have one pixel.
at::Tensor like(const at::Tensor& maps, const at::Tensor& reference) {
  return maps.reshape(reference.sizes());
}

/// Largest of the four terms that cancel in the dequantisation, which bounds float32's error.
double largest_term(const GoldenFile& golden) {
  const auto largest = [&](const char* name) {
    return golden.tensor(name).to(at::kDouble).abs().max().item<double>();
  };
  const auto meta = golden.integers("meta");
  const double top = static_cast<double>(((1 << meta[meta.size() - 2]) - 1) * ((1 << meta.back()) - 1));
  const double rows = static_cast<double>(golden.tensor("weight")[0].numel());
  return std::max({largest("mac_int") * golden.number("w_scale") * golden.number("x_scale") / top,
                   std::abs(golden.number("x_bias")) * largest("w_sum"),
                   std::abs(golden.number("w_bias")) * largest("x_sum"),
                   std::abs(golden.number("w_bias") * golden.number("x_bias")) * rows});
}

/// True where the original's quirks do not show: nothing is padded, or real zero is a code.
bool padding_agrees(const GoldenFile& golden, const PacimLayer& layer) {
  return layer.shape.padding == 0 || golden.number("x_bias") == 0;
}

void check_quantizer(const GoldenFile& golden, const PacimLayer& layer) {
  const std::pair<const char*, std::uint32_t> sides[] = {{"w", layer.widths.weights},
                                                         {"x", layer.widths.activations}};
  for (const auto& [side, bits] : sides) {
    const std::string s = side;
    const at::Tensor values = golden.tensor(s == "w" ? "weight" : "x");
    const UintRange range = uint_range(values, bits);
    CHECK(range.scale == golden.tensor(s + "_scale").item<float>());
    CHECK(range.min == golden.tensor(s + "_bias").item<float>());
    CHECK(uint_codes(values, range).equal(golden.tensor(s + "_q")));
    if (golden.contains(s + "_fake")) CHECK(uint_values(values, range).equal(golden.tensor(s + "_fake")));
    if (s == "x" && golden.contains("x_zero")) CHECK(range.reference_zero_code() == golden.number("x_zero"));
  }
}

void check_training(const GoldenFile& golden, const PacimLayer& layer) {
  const at::Tensor x = golden.tensor("x").clone().requires_grad_(true);
  const at::Tensor y = layer.forward(x);
  CHECK(close_to_largest(y, golden.tensor("y_train"), 1e-5));
  y.backward(golden.tensor("grad_y"));
  CHECK(close_to_largest(x.grad(), golden.tensor("grad_x"), 1e-5));
  CHECK(close_to_largest(layer.layer().weight.grad(), golden.tensor("grad_w"), 1e-5));
  if (golden.contains("grad_b"))
    CHECK(close_to_largest(layer.layer().bias.grad(), golden.tensor("grad_b"), 1e-5));
}

/// Forward pass against `reference`, as the original computes it and, where `agrees`, as we do by default.
void check_output(const GoldenFile& golden, const PacimLayer& layer, const Arithmetic& arithmetic,
                  const at::Tensor& reference, bool agrees, double tolerance) {
  for (const auto compatibility : {Compatibility::reference, Compatibility::correct}) {
    if (compatibility == Compatibility::correct && !agrees) continue;
    layer.layer().arithmetic = arithmetic;
    layer.layer().arithmetic.compatibility = compatibility;
    CHECK(within(layer.forward(golden.tensor("x")), reference, tolerance));
  }
}

void check_counts(const GoldenFile& golden, const PacimLayer& layer, const Codes& codes) {
  const std::size_t rows = codes.geometry.rows();
  const at::Tensor weights = golden.tensor("Sw"), maps = golden.tensor("Sx");
  BitPlanes planes;
  for (std::int64_t o = 0; o < weights.size(1); ++o) {
    planes.assign(std::span(codes.weights).subspan(static_cast<std::size_t>(o) * rows, rows),
                  layer.widths.weights);
    for (std::uint32_t p = 0; p < planes.planes(); ++p) {
      CHECK(weights[p][o].item<std::int64_t>() == count_ones(planes.plane(p), {0, planes.rows()}));
    }
  }
  std::vector<std::uint8_t> window(rows);
  const at::Tensor flat = maps.flatten(1);
  for (std::size_t p = 0; p < codes.geometry.positions() * static_cast<std::size_t>(codes.images); ++p) {
    const std::size_t image = p / codes.geometry.positions();
    gather_window(codes.geometry,
                  std::span(codes.maps).subspan(image * codes.geometry.in.size(), codes.geometry.in.size()),
                  p % codes.geometry.positions(), codes.pad_code, RowOrder::channel_major, window);
    planes.assign(window, layer.widths.activations);
    for (std::uint32_t q = 0; q < planes.planes(); ++q) {
      CHECK(flat[q][static_cast<std::int64_t>(p)].item<std::int64_t>() ==
            count_ones(planes.plane(q), {0, planes.rows()}));
    }
  }
}

void check_operands(const GoldenFile& golden, const PacimLayer& layer, const Codes& codes) {
  const double tolerance = 1e-6 * largest_term(golden);
  for (const std::int64_t operand : golden.integers("operands")) {
    INFO("operand " << operand);
    const auto a = static_cast<std::uint32_t>(operand);
    const std::string suffix = "_op" + std::to_string(operand);
    const at::Tensor products =
        codes.products(PacRule::fixed(a, layer.widths.weights, layer.widths.activations), layer.outputs);
    const at::Tensor reference = golden.tensor("mac" + suffix);
    CHECK(close_to_largest(like(products, reference), reference, 1e-6));
    if (golden.contains("mac" + suffix + "_f64")) {
      CHECK(close_to_largest(products.to(at::kDouble), golden.tensor("mac" + suffix + "_f64"), 1e-7));
    }
    check_output(golden, layer, {.mode = ArithmeticMode::simulation, .operand = a},
                 golden.tensor("y_sim" + suffix), padding_agrees(golden, layer), tolerance);
  }
}

void check_dynamic(const GoldenFile& golden, const PacimLayer& layer, const Codes& codes) {
  const auto thresholds = golden.numbers("threshold");
  const std::array<double, 3> limits{thresholds.at(0), thresholds.at(1), thresholds.at(2)};
  const PacRule rule = PacRule::dynamic(limits, 4, layer.widths.weights, layer.widths.activations);
  std::vector<std::uint8_t> classes;
  CHECK(close_to_largest(codes.products(rule, layer.outputs, &classes), golden.tensor("mac"), 1e-6));
  CHECK(close_to_largest(codes.products(PacRule::fixed(4, 8, 8), layer.outputs), golden.tensor("mac_static"),
                         1e-6));
  const auto cycles = golden.integers("cycles");
  const auto sums = golden.integers("spec_codesum");
  const at::Tensor speculation = golden.tensor("spec").flatten();
  std::vector<std::int64_t> histogram(4);
  for (std::size_t p = 0; p < cycles.size(); ++p) {
    CHECK(rule.classes[classes[p]].count() == cycles[p]);
    CHECK(speculate(static_cast<std::uint64_t>(sums[p]), codes.geometry.rows()) ==
          speculation[static_cast<std::int64_t>(p)].item<float>());
    ++histogram[classes[p]];
  }
  CHECK(histogram == golden.integers("class_hist_10_13_15_16"));
  const double tolerance = 1e-6 * largest_term(golden);
  const bool agrees = padding_agrees(golden, layer);
  check_output(golden, layer, {.mode = ArithmeticMode::simulation, .operand = 4, .thresholds = limits},
               golden.tensor("y_sim"), agrees, tolerance);
  CHECK(layer.layer().classes() == classes);
  check_output(golden, layer, {.mode = ArithmeticMode::simulation, .operand = 4},
               golden.tensor("y_sim_static"), agrees, tolerance);
}

void check_layer(const std::string& file) {
  const auto golden = open_golden("pacim/" + file);
  if (!golden) return;
  const PacimLayer layer(*golden);
  check_quantizer(*golden, layer);
  if (golden->contains("y_train")) check_training(*golden, layer);
  const bool agrees = padding_agrees(*golden, layer);
  if (golden->contains("mac_int")) {
    const Codes codes(*golden, layer);
    const at::Tensor exact =
        codes.products(PacRule::exact(layer.widths.weights, layer.widths.activations), layer.outputs);
    const at::Tensor reference = golden->tensor("mac_int");
    CHECK(like(exact, reference).equal(reference.to(at::kFloat)));
    if (golden->contains("Sw")) check_counts(*golden, layer, codes);
    if (golden->contains("operands")) check_operands(*golden, layer, codes);
    if (golden->contains("cycles")) check_dynamic(*golden, layer, codes);
  }
  const bool has_terms = golden->contains("mac_int") && golden->contains("x_sum");
  const auto tolerance = [&](const at::Tensor& y) {
    return has_terms ? 1e-6 * largest_term(*golden) : 2e-5 * y.abs().max().item<double>() + 1e-4;
  };
  if (golden->contains("y_infer")) {
    const at::Tensor y = golden->tensor("y_infer");
    const bool bias_once = !layer.convolution || !layer.layer().bias.defined();
    check_output(*golden, layer, {.mode = ArithmeticMode::inference}, y, agrees && bias_once, tolerance(y));
  }
  if (golden->contains("mac_f32")) {
    const at::Tensor y = golden->tensor("y_sim");
    check_output(*golden, layer, {.mode = ArithmeticMode::simulation}, y, agrees, tolerance(y));
  }
}

}  // namespace

// clang-format off
TEST_CASE("pacim/paconv_dyn_k1s1p0_c48_default.pt") { check_layer("paconv_dyn_k1s1p0_c48_default.pt"); }
TEST_CASE("pacim/paconv_dyn_k3s1p1_c64_default.pt") { check_layer("paconv_dyn_k3s1p1_c64_default.pt"); }
TEST_CASE("pacim/paconv_dyn_k3s2p1_c16_custom.pt") { check_layer("paconv_dyn_k3s2p1_c16_custom.pt"); }
TEST_CASE("pacim/paconv_k1s2p0_w8x8_nb_relu.pt") { check_layer("paconv_k1s2p0_w8x8_nb_relu.pt"); }
TEST_CASE("pacim/paconv_k3s1p1_w4x4_b_relu.pt") { check_layer("paconv_k3s1p1_w4x4_b_relu.pt"); }
TEST_CASE("pacim/paconv_k3s1p1_w8x4_nb_relu.pt") { check_layer("paconv_k3s1p1_w8x4_nb_relu.pt"); }
TEST_CASE("pacim/paconv_k3s1p1_w8x8_nb_relu.pt") { check_layer("paconv_k3s1p1_w8x8_nb_relu.pt"); }
TEST_CASE("pacim/paconv_k3s2p1_w8x8_b_signed.pt") { check_layer("paconv_k3s2p1_w8x8_b_signed.pt"); }
TEST_CASE("pacim/palinear_w4x4_b_relu.pt") { check_layer("palinear_w4x4_b_relu.pt"); }
TEST_CASE("pacim/palinear_w8x8_b_relu.pt") { check_layer("palinear_w8x8_b_relu.pt"); }
TEST_CASE("pacim/palinear_w8x8_nb_signed.pt") { check_layer("palinear_w8x8_nb_signed.pt"); }
TEST_CASE("pacim/quantconv_k3s1p1_w4x6_b_relu.pt") { check_layer("quantconv_k3s1p1_w4x6_b_relu.pt"); }
TEST_CASE("pacim/quantconv_k3s1p1_w8x8_nb_signed.pt") { check_layer("quantconv_k3s1p1_w8x8_nb_signed.pt"); }
TEST_CASE("pacim/quantconv_k7s2p3_w8x8_b_signed.pt") { check_layer("quantconv_k7s2p3_w8x8_b_signed.pt"); }
TEST_CASE("pacim/simconv_k1s1p0_w8x4_b_relu.pt") { check_layer("simconv_k1s1p0_w8x4_b_relu.pt"); }
TEST_CASE("pacim/simconv_k1s2p0_w4x8_nb_signed.pt") { check_layer("simconv_k1s2p0_w4x8_nb_signed.pt"); }
TEST_CASE("pacim/simconv_k3s1p0_w8x8_nb_signed.pt") { check_layer("simconv_k3s1p0_w8x8_nb_signed.pt"); }
TEST_CASE("pacim/simconv_k3s1p1_w2x2_nb_relu.pt") { check_layer("simconv_k3s1p1_w2x2_nb_relu.pt"); }
TEST_CASE("pacim/simconv_k3s1p1_w8x8_b_relu.pt") { check_layer("simconv_k3s1p1_w8x8_b_relu.pt"); }
TEST_CASE("pacim/simconv_k3s1p1_w8x8_b_signed.pt") { check_layer("simconv_k3s1p1_w8x8_b_signed.pt"); }
TEST_CASE("pacim/simconv_k3s1p1_w8x8_nb_neg.pt") { check_layer("simconv_k3s1p1_w8x8_nb_neg.pt"); }
TEST_CASE("pacim/simconv_k3s1p1_w8x8_nb_pos.pt") { check_layer("simconv_k3s1p1_w8x8_nb_pos.pt"); }
TEST_CASE("pacim/simconv_k3s2p1_w4x4_nb_relu.pt") { check_layer("simconv_k3s2p1_w4x4_nb_relu.pt"); }
TEST_CASE("pacim/simconv_k3s3p0_w3x7_b_signed.pt") { check_layer("simconv_k3s3p0_w3x7_b_signed.pt"); }
TEST_CASE("pacim/simconv_k5s2p2_w6x5_b_signed.pt") { check_layer("simconv_k5s2p2_w6x5_b_signed.pt"); }
TEST_CASE("pacim/simconv_k7s2p3_w8x8_nb_signed.pt") { check_layer("simconv_k7s2p3_w8x8_nb_signed.pt"); }
TEST_CASE("pacim/simlinear_w2x3_nb_neg.pt") { check_layer("simlinear_w2x3_nb_neg.pt"); }
TEST_CASE("pacim/simlinear_w4x4_b_signed.pt") { check_layer("simlinear_w4x4_b_signed.pt"); }
TEST_CASE("pacim/simlinear_w5x6_b_pos.pt") { check_layer("simlinear_w5x6_b_pos.pt"); }
TEST_CASE("pacim/simlinear_w8x4_nb_relu.pt") { check_layer("simlinear_w8x4_nb_relu.pt"); }
TEST_CASE("pacim/simlinear_w8x8_b_relu.pt") { check_layer("simlinear_w8x8_b_relu.pt"); }
TEST_CASE("pacim/simlinear_w8x8_nb_signed.pt") { check_layer("simlinear_w8x8_nb_signed.pt"); }
// clang-format on

TEST_CASE("pacim/speed_c64k3_32x32.pt") {
  const auto golden = open_golden("pacim/speed_c64k3_32x32.pt");
  if (!golden) return;
  const PacimLayer layer(*golden);
  const auto check = [&](const char* name, const Arithmetic& arithmetic) {
    INFO(name);
    const at::Tensor y = golden->tensor(name);
    layer.layer().arithmetic = arithmetic;
    CHECK(within(layer.forward(golden->tensor("x")), y, 2e-5 * y.abs().max().item<double>() + 1e-4));
  };
  check("y_infer", {.mode = ArithmeticMode::inference});
  check("y_sim", {.mode = ArithmeticMode::simulation});
  check("y_pac_op4", {.mode = ArithmeticMode::simulation, .operand = 4});
  check("y_pac_op4_dyn",
        {.mode = ArithmeticMode::simulation, .operand = 4, .thresholds = {{7000, 10000, 13000}}});
}
