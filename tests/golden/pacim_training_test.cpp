// SPDX-License-Identifier: Apache-2.0
#include <torch/types.h>

#include <cmath>

#include "nn/loss.hpp"
#include "nn/quantizers/kernels.hpp"
#include "nn/quantizers/pact.hpp"
#include "tests/golden/pacim.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using namespace sumline;
using sumline::test::close_to_largest;
using sumline::test::GoldenFile;
using sumline::test::open_golden;

}  // namespace

TEST_CASE("pacim/bitplanes.pt") {
  const auto golden = open_golden("pacim/bitplanes.pt");
  if (!golden) return;
  for (const std::string& name : golden->names()) {
    if (name.find(".codes") == std::string::npos) continue;
    const std::string b = name.substr(0, name.find('.'));
    const auto bits = static_cast<std::uint32_t>(std::stoul(b.substr(1)));
    std::vector<std::uint8_t> codes;
    for (const std::int64_t code : golden->integers(name)) codes.push_back(static_cast<std::uint8_t>(code));
    BitPlanes taken;
    taken.assign(codes, bits);
    for (const std::string side : {"x_planes", "w_planes"}) {
      const at::Tensor reference = golden->tensor(b + '.' + side).flatten(1);
      for (std::uint32_t plane = 0; plane < bits; ++plane) {
        for (std::size_t k = 0; k < codes.size(); ++k) {
          const auto bit = taken.plane(plane)[k / 64] >> (k % 64) & 1U;
          CHECK(bit == static_cast<std::uint64_t>(
                           reference[bits - 1 - plane][static_cast<std::int64_t>(k)].item<std::int64_t>()));
        }
      }
    }
  }
}

TEST_CASE("pacim/quant_edge.pt") {
  const auto golden = open_golden("pacim/quant_edge.pt");
  if (!golden) return;
  for (const std::string& name : golden->names()) {
    if (name.substr(name.find('.')) != ".x") continue;
    const std::string k = name.substr(0, name.size() - 1);
    INFO(k);
    const at::Tensor x = golden->tensor(name);
    const UintRange range = uint_range(x, 8);
    CHECK(range.scale == golden->tensor(k + "x_scale").item<float>());
    CHECK(range.min == golden->tensor(k + "x_bias").item<float>());
    CHECK(uint_codes(x, range).to(at::kFloat).equal(golden->tensor(k + "x_q")));
    CHECK(uint_values(x, range).equal(golden->tensor(k + "x_fake")));
    CHECK(close_to_largest(uint_values(x, range).sum(1), golden->tensor(k + "x_sum"), 1e-6));
  }
}

TEST_CASE("pacim/pact_ste.pt") {
  const auto golden = open_golden("pacim/pact_ste.pt");
  if (!golden) return;
  for (const std::string a : {"a6.", "a1p5."}) {
    const at::Tensor x = golden->tensor(a + "x").clone().requires_grad_(true);
    const at::Tensor alpha = golden->tensor(a + "alpha").clone().requires_grad_(true);
    const at::Tensor y = pact(x, alpha);
    CHECK(y.equal(golden->tensor(a + "y")));
    CHECK(y.signbit().equal(golden->tensor(a + "y").signbit()));
    y.backward(golden->tensor(a + "grad_y"));
    CHECK(x.grad().equal(golden->tensor(a + "grad_x")));
    CHECK(close_to_largest(alpha.grad(), golden->tensor(a + "grad_alpha"), 1e-5));
  }
  // Rounding and clamping are one step in our quantiser: 0..1 in codes of one bit.
  const at::Tensor clamped = golden->tensor("clamp01.y").contiguous();
  std::vector<std::uint8_t> codes(static_cast<std::size_t>(clamped.numel()));
  uint_encode(golden->tensor("ste.x").contiguous().data_ptr<float>(), codes.data(), codes.size(), 0, 1, 1);
  for (std::size_t i = 0; i < codes.size(); ++i)
    CHECK(codes[i] == std::nearbyint(clamped.data_ptr<float>()[i]));
  const at::Tensor x = golden->tensor("ste.x").clone().requires_grad_(true);
  uint_values(x, {0, 1, 1}).backward(golden->tensor("ste.grad_y"));
  CHECK(x.grad().equal(golden->tensor("clamp01.grad_x")));
  CHECK(x.grad().equal(golden->tensor("round.grad_x")));
  CHECK(golden->tensor("ste.x").round().equal(golden->tensor("round.y")));
}

TEST_CASE("pacim/label_smooth.pt") {
  const auto golden = open_golden("pacim/label_smooth.pt");
  if (!golden) return;
  for (const std::string& name : golden->names()) {
    const auto end = name.find(".loss");
    if (name.rfind("eps", 0) != 0 || end == std::string::npos) continue;
    const std::string k = name.substr(0, end);
    INFO(k);
    const at::Tensor logits = golden->tensor("logits").clone().requires_grad_(true);
    const at::Tensor loss = smoothed_loss(logits, golden->tensor("target"), std::stod(k.substr(3)));
    CHECK(close_to_largest(loss, golden->tensor(name), 1e-6));
    loss.backward();
    CHECK(close_to_largest(logits.grad(), golden->tensor(k + ".grad"), 1e-5));
  }
}

TEST_CASE("pacim/trim_noise.pt") {
  const auto golden = open_golden("pacim/trim_noise.pt");
  if (!golden) return;
  const at::NoGradGuard no_grad;
  const auto run = [&](const std::string& k, BitwiseLayer& layer, const auto& forward) {
    INFO(k);
    layer.weight.copy_(golden->tensor(k + "weight"));
    layer.bias.copy_(golden->tensor(k + "bias"));
    const double noise = golden->number(k + "trim_noise");
    layer.noise = [&](const at::Tensor& y) { return golden->tensor(k + "z").clone().reshape(y.sizes()); };
    for (const bool train : {true, false}) {
      const std::string mode = train ? "train." : "inference.";
      layer.arithmetic = {.mode = train ? ArithmeticMode::train : ArithmeticMode::inference,
                          .trim_noise = noise / 100,
                          .compatibility = Compatibility::reference};
      CHECK(close_to_largest(forward(golden->tensor(k + "x")), golden->tensor(k + mode + "y_noisy"), 1e-5));
      layer.arithmetic.trim_noise = 0;
      if (golden->contains(k + mode + "y_clean")) {
        CHECK(close_to_largest(forward(golden->tensor(k + "x")), golden->tensor(k + mode + "y_clean"), 1e-5));
      }
    }
  };
  for (const std::string k : {"t25.", "t75."}) {
    const auto shape = golden->shape(k + "weight");
    BitwiseConv2d layer(static_cast<std::uint32_t>(shape[1]), static_cast<std::uint32_t>(shape[0]),
                        {static_cast<std::uint32_t>(shape[2]), 1, 1, true}, true, {});
    run(k, layer, [&](const at::Tensor& x) { return layer.forward(x); });
    layer.arithmetic = {.trim_noise = golden->number(k + "trim_noise") / 100,
                        .compatibility = Compatibility::reference};
    const at::AutoGradMode with_grad(true);
    const at::Tensor x = golden->tensor(k + "x").clone().requires_grad_(true);
    layer.forward(x).backward(golden->tensor(k + "grad_y"));
    CHECK(close_to_largest(x.grad(), golden->tensor(k + "train.grad_x"), 1e-5));
    CHECK(close_to_largest(layer.weight.grad(), golden->tensor(k + "train.grad_w"), 1e-5));
    CHECK(close_to_largest(layer.bias.grad(), golden->tensor(k + "train.grad_b"), 1e-5));
  }
  const auto shape = golden->shape("lin.weight");
  BitwiseLinear linear(static_cast<std::size_t>(shape[1]), static_cast<std::uint32_t>(shape[0]), true, {});
  run("lin.", linear, [&](const at::Tensor& x) { return linear.forward(x); });
}
