// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <torch/autograd.h>

#include <cmath>
#include <limits>
#include <set>

#include "nn/bitwise_layers.hpp"
#include "nn/checkpoint.hpp"
#include "nn/loss.hpp"
#include "nn/network.hpp"
#include "tests/support/expect_error.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using namespace sumline;
using sumline::test::error_of;

/// 5 -> 9 channels, 3x3, with bias; weights from a fixed seed.
std::shared_ptr<BitwiseConv2d> layer(std::uint32_t padding, const CodeWidths& widths = {}) {
  at::manual_seed(5);
  const at::NoGradGuard no_grad;
  auto layer = std::make_shared<BitwiseConv2d>(5, 9, ProductShape{3, 1, padding, true}, true, widths);
  layer->weight.normal_();
  layer->bias.normal_();
  return layer;
}

at::Tensor signed_maps() {
  at::manual_seed(6);
  return at::randn({3, 5, 7, 6});
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  return (a - b).abs().max().item<double>();
}

std::string failure(const at::Tensor& x, const Arithmetic& arithmetic, const CodeWidths& widths = {}) {
  const auto conv = layer(1, widths);
  conv->arithmetic = arithmetic;
  return error_of([&] { conv->forward(x); });
}

/// The worked example of docs/pacim.md.
WindowRule truncation() {
  return [](const BitPlanes& window, std::span<const BitPlanes> filters, std::span<double> products) {
    const RowRange all{0, window.rows()};
    for (std::size_t o = 0; o < filters.size(); ++o) {
      products[o] = 0;
      for (std::uint32_t p = 0; p < filters[o].planes(); ++p) {
        for (std::uint32_t q = 0; q < window.planes(); ++q) {
          if (p + q < 6) continue;
          products[o] += std::ldexp(count_pairs(filters[o], p, window, q, all), static_cast<int>(p + q));
        }
      }
    }
  };
}

}  // namespace

TEST_CASE("by default inference and simulation agree everywhere, borders and bias included") {
  for (const std::uint32_t padding : {0U, 1U}) {
    const auto conv = layer(padding);
    conv->arithmetic.mode = ArithmeticMode::inference;
    const at::Tensor inferred = conv->forward(signed_maps());
    conv->arithmetic.mode = ArithmeticMode::simulation;
    CHECK(largest_difference(inferred, conv->forward(signed_maps())) == 0);
  }
}

TEST_CASE("by default integer products give the training output, on borders to one code of the padding") {
  const auto conv = layer(1);
  const at::Tensor x = signed_maps();
  const at::Tensor trained = conv->forward(x).detach();
  conv->arithmetic.mode = ArithmeticMode::inference;
  const at::Tensor inferred = conv->forward(x);
  const auto inner = [](const at::Tensor& y) { return y.slice(2, 1, -1).slice(3, 1, -1); };
  CHECK(largest_difference(inner(trained), inner(inferred)) < 1e-3);
  // A padded cell is off by at most half an activation step; nine of 5 channels reach an output.
  const double step = uint_range(x, 8).scale / 255.0;
  const double bound = step / 2 * conv->weight.abs().max().item<double>() * 45;
  CHECK(largest_difference(trained, inferred) < bound);
}

TEST_CASE("the original's quirks change borders and bias only") {
  const auto conv = layer(1);
  for (const auto mode : {ArithmeticMode::inference, ArithmeticMode::simulation}) {
    conv->arithmetic = {.mode = mode};
    const at::Tensor ours = conv->forward(signed_maps());
    conv->arithmetic.compatibility = Compatibility::reference;
    const at::Tensor theirs = conv->forward(signed_maps());
    const auto inner = [](const at::Tensor& y) { return y.slice(2, 1, -1).slice(3, 1, -1); };
    CHECK(largest_difference(ours, theirs) > 1);
    CHECK(largest_difference(inner(ours), inner(theirs)) < 0.01);
  }
}

TEST_CASE("a rule of the user's takes the place of the built-in products") {
  const auto conv = layer(1);
  const at::Tensor x = signed_maps();
  conv->arithmetic = {.mode = ArithmeticMode::simulation, .operand = 3};
  const at::Tensor built_in = conv->forward(x);
  conv->arithmetic.rule = pair_by_pair(PacRule::fixed(3, 8, 8));
  const double size = built_in.abs().max().item<double>();
  CHECK(largest_difference(built_in, conv->forward(x)) < 1e-5 * size);
  conv->arithmetic.rule = truncation();
  const at::Tensor truncated = conv->forward(x);
  conv->arithmetic = {.mode = ArithmeticMode::inference};
  CHECK((conv->forward(x) - truncated).min().item<double>() > 0);
}

TEST_CASE("simulation follows weights that change") {
  const auto conv = layer(1);
  conv->arithmetic.mode = ArithmeticMode::simulation;
  const at::Tensor before = conv->forward(signed_maps());
  {
    const at::NoGradGuard no_grad;
    conv->weight[0][0][0][0].add_(1);
  }
  CHECK(largest_difference(before, conv->forward(signed_maps())) > 0);
}

TEST_CASE("dynamic classes of a batch are those of its images alone") {
  const auto conv = layer(1);
  conv->arithmetic = {
      .mode = ArithmeticMode::simulation, .operand = 4, .thresholds = {{60000, 70000, 80000}}};
  const at::Tensor x = signed_maps().clamp(-1, 1);  // every image has the range of the batch
  conv->forward(x);
  const std::vector<std::uint8_t> together = conv->classes();
  std::vector<std::uint8_t> alone;
  for (std::int64_t image = 0; image < x.size(0); ++image) {
    conv->forward(x.slice(0, image, image + 1));
    alone.insert(alone.end(), conv->classes().begin(), conv->classes().end());
  }
  CHECK(together == alone);
  CHECK(std::set<std::uint8_t>(together.begin(), together.end()).size() == 4);
}

TEST_CASE("trim noise multiplies the training output and its gradient") {
  const auto conv = layer(0);
  const at::Tensor x = signed_maps().requires_grad_(true);
  const at::Tensor clean = conv->forward(x);
  conv->arithmetic.trim_noise = 0.25;
  at::Tensor z;
  conv->noise = [&](const at::Tensor& y) { return (z = at::randn_like(y)).clone(); };
  const at::Tensor noisy = conv->forward(x);
  CHECK(largest_difference(noisy, clean * (1 + 0.25 * z)) < 1e-4);
  const at::Tensor by_noisy = torch::autograd::grad({noisy.sum()}, {conv->bias})[0];
  CHECK(largest_difference(by_noisy, (1 + 0.25 * z).sum({0, 2, 3})) < 1e-3);
}

TEST_CASE("values that min/max quantisation cannot take are refused in every mode") {
  for (const auto mode : {ArithmeticMode::train, ArithmeticMode::inference, ArithmeticMode::simulation}) {
    at::Tensor x = signed_maps();
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
      x[1][2][3][4] = bad;
      CHECK(failure(x, {.mode = mode}) ==
            "activations: a value is NaN or infinite: min/max quantisation needs finite values");
    }
    CHECK(failure(at::full({1, 5, 4, 4}, 0.5), {.mode = mode}) ==
          "activations: all values are 0.5: min/max quantisation needs two different values (compat = "
          "\"reference\" "
          "takes them as code 0)");
    CHECK(failure(at::full({1, 5, 4, 4}, 0.5), {.mode = mode, .compatibility = Compatibility::reference}) ==
          "no error");
  }
}

TEST_CASE("approximations that the widths do not allow are refused") {
  const at::Tensor x = signed_maps();
  CHECK(failure(x, {.mode = ArithmeticMode::simulation, .operand = 5}, {8, 4}) ==
        "operand = 5: must be at most the narrower width, 4 (weights 8 bits, activations 4 bits)");
  CHECK(failure(x, {.mode = ArithmeticMode::simulation, .operand = 4, .thresholds = {{1, 2, 3}}}, {8, 4}) ==
        "dynamic: operand 4 with 8-bit weights and 4-bit activations: dynamic workload configuration is "
        "defined for "
        "operand 4 with 8 and 8 bits");
  CHECK(failure(x, {.mode = ArithmeticMode::simulation, .operand = 4, .thresholds = {{3, 2, 1}}}) ==
        "dynamic.thresholds = [3, 2, 1]: must be finite and ascend");
}

TEST_CASE("the built-in bit-wise networks have the sizes of the published ones") {
  const std::pair<const char*, std::int64_t> sizes[] = {{"resnet18", 11173962},
                                                        {"resnet34", 21282122},
                                                        {"resnet50", 23520842},
                                                        {"resnet101", 42512970},
                                                        {"resnet152", 58156618}};
  for (const auto& [name, parameters] : sizes) {
    INFO(name);
    Network network(load_network(name), "8");
    std::int64_t count = 0;
    for (const auto& entry : network.named_parameters())
      count += entry.key().find("alpha") == std::string::npos ? entry.value().numel() : 0;
    CHECK(count == parameters);
  }
  const auto vgg = load_network("vgg16");
  CHECK(node_shapes(vgg)[vgg.layers.size() - 10] == Shape{512, 8, 8});
  CHECK(load_network("vgg16", {{"image", "[3, 224, 224]"}}).layers.size() > vgg.layers.size());
  const auto narrow = load_network("resnet18", {{"inflate", "16"}, {"classes", "100"}});
  CHECK(narrow.layers.front().channels == 16);
  CHECK(narrow.classes() == 100);
}

TEST_CASE("mixing draws weights and orders from the seed alone") {
  at::manual_seed(3);
  const Mixture first = draw_mixture(8, 1.0);
  at::manual_seed(3);
  const Mixture second = draw_mixture(8, 1.0);
  CHECK(first.weight == second.weight);
  CHECK(first.order.equal(second.order));
  CHECK((first.weight > 0 && first.weight < 1));
  CHECK_FALSE(draw_mixture(8, 0).order.defined());
  const at::Tensor images = at::arange(8).to(at::kFloat);
  CHECK(largest_difference(first.images(images),
                           first.weight * images + (1 - first.weight) * first.order.to(at::kFloat)) < 1e-5);
}
