// SPDX-License-Identifier: Apache-2.0
#include "nn/quantizers/hwgq.hpp"

#include <torch/autograd.h>

#include "nn/quantizers/elementwise.hpp"
#include "nn/quantizers/kernels.hpp"
#include "nn/quantizers/steps.hpp"

namespace sumline {
namespace {

struct HwgqRange {
  float step;
  float clip;

  explicit HwgqRange(std::uint32_t bits)
      : step(static_cast<float>(bit_width(bits).hwgq_step)),
        clip(static_cast<float>(bit_width(bits).hwgq_step * ((1 << bits) - 1))) {}
};

struct HwgqFunction : torch::autograd::Function<HwgqFunction> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, int64_t bits) {
    const HwgqRange range(static_cast<std::uint32_t>(bits));
    context->save_for_backward({x});
    context->saved_data["bits"] = bits;
    return map_elements(x, [&](const float* in, float* out, std::size_t count) {
      hwgq_forward(in, out, count, range.step, range.clip);
    });
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const HwgqRange range(static_cast<std::uint32_t>(context->saved_data["bits"].toInt()));
    const at::Tensor x = context->get_saved_variables()[0];
    return {map_elements(x, gradients[0],
                         [&](const float* in, const float* g, float* out, std::size_t count) {
                           hwgq_backward(in, g, out, count, range.clip);
                         }),
            at::Tensor()};
  }
};

}  // namespace

at::Tensor hwgq(const at::Tensor& x, std::uint32_t bits) {
  return HwgqFunction::apply(x, static_cast<int64_t>(bits));
}

at::Tensor hwgq_codes(const at::Tensor& x, std::uint32_t bits) {
  const at::NoGradGuard no_grad;
  return hwgq(x, bits).div(bit_width(bits).hwgq_step).round().to(at::kByte);
}

}  // namespace sumline
