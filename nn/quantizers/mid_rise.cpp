// SPDX-License-Identifier: Apache-2.0
#include "nn/quantizers/mid_rise.hpp"

#include <torch/autograd.h>

#include "nn/quantizers/elementwise.hpp"
#include "nn/quantizers/kernels.hpp"
#include "nn/quantizers/steps.hpp"

namespace sumline {
namespace {

/// Largest level in units of the step.
double top_level(std::uint32_t bits) {
  return ((1 << bits) - 1) / 2.0;
}

struct MidRiseFunction : torch::autograd::Function<MidRiseFunction> {
  static at::Tensor forward(torch::autograd::AutogradContext*, const at::Tensor& x, double step,
                            int64_t bits) {
    const auto limit = static_cast<float>(top_level(static_cast<std::uint32_t>(bits)) * step);
    return map_elements(x, [&](const float* in, float* out, std::size_t count) {
      mid_rise_forward(in, out, count, static_cast<float>(step), limit);
    });
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 const torch::autograd::variable_list& gradients) {
    return {gradients[0], at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor mid_rise(const at::Tensor& x, double step, std::uint32_t bits) {
  return MidRiseFunction::apply(x, step, static_cast<int64_t>(bits));
}

at::Tensor mid_rise_codes(const at::Tensor& x, double step, std::uint32_t bits) {
  const at::NoGradGuard no_grad;
  return mid_rise(x, step, bits).div(step).add(top_level(bits)).round().to(at::kByte);
}

double gaussian_step(const at::Tensor& weight, std::uint32_t bits) {
  const at::NoGradGuard no_grad;
  return bit_width(bits).gaussian_step * weight.std().item<double>();
}

}  // namespace sumline
