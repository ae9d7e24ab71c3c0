// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "nn/quantizers/hwgq.hpp"
#include "nn/quantizers/mid_rise.hpp"
#include "nn/quantizers/steps.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using namespace sumline;

/// Values around every boundary, far outside, signed zeros, and random ones.
at::Tensor probes(double step, std::int32_t levels) {
  std::vector<float> values{0.0f, -0.0f, -1.0f, 1e30f, -1e30f, std::numeric_limits<float>::infinity()};
  for (std::int32_t k = -levels; k <= levels; ++k) {
    for (const double at : {k * step, (k + 0.5) * step}) {
      const auto v = static_cast<float>(at);
      values.insert(values.end(), {v, std::nextafter(v, 1e9f), std::nextafter(v, -1e9f)});
    }
  }
  torch::manual_seed(4);
  return at::cat({torch::tensor(values), torch::randn(1001)});
}

}  // namespace

TEST_CASE("hwgq equals the scalar rule and passes gradient inside the closed clip range") {
  for (std::uint32_t bits = 1; bits <= kMaxBits; ++bits) {
    const double step = bit_width(bits).hwgq_step;
    const auto s = static_cast<float>(step);
    const auto clip = static_cast<float>(step * ((1 << bits) - 1));
    const at::Tensor x = probes(step, 300).requires_grad_(true);
    const at::Tensor y = hwgq(x, bits);
    const at::Tensor g = torch::randn(x.sizes());
    y.backward(g);
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      const float v = x[i].item<float>();
      const float clipped = std::min(std::max(v, 0.0f), clip);
      wrong += y[i].item<float>() != std::nearbyint(clipped / s) * s;
      wrong += x.grad()[i].item<float>() != (v >= 0 && v <= clip ? g[i].item<float>() : 0.0f);
    }
    INFO("bits " << bits);
    CHECK(wrong == 0);
  }
}

TEST_CASE("mid-rise has no zero level, breaks ties evenly and passes every gradient") {
  for (const std::uint32_t bits : {1U, 4U, 8U}) {
    const double step = 0.25;
    const at::Tensor x = probes(step, 300).requires_grad_(true);
    const at::Tensor y = mid_rise(x, step, bits);
    const at::Tensor g = torch::randn(x.sizes());
    y.backward(g);
    CHECK(x.grad().equal(g));
    CHECK((y != 0).all().item<bool>());
    const double top = ((1 << bits) - 1) * step / 2;
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      const double level = (std::nearbyint(x[i].item<float>() / 0.25f + 0.5f) - 0.5) * step;
      wrong += y[i].item<double>() != std::min(std::max(level, -top), top);
    }
    CHECK(wrong == 0);
    const at::Tensor codes = mid_rise_codes(x, step, bits).to(at::kDouble);
    CHECK(((codes * 2 - ((1 << bits) - 1)) * (step / 2)).to(at::kFloat).equal(y));
  }
}

TEST_CASE("a value that is not a number stays one") {
  const at::Tensor x = torch::full({20}, std::numeric_limits<float>::quiet_NaN());
  CHECK(hwgq(x, 3).isnan().all().item<bool>());
  CHECK(mid_rise(x, 0.1, 8).isnan().all().item<bool>());
}

TEST_CASE("the weight step is the table's share of the unbiased standard deviation") {
  CHECK(gaussian_step(torch::tensor({1.0f, 2.0f, 3.0f, 4.0f}), 8) == Approx(0.032 * std::sqrt(5.0 / 3.0)));
}
