// SPDX-License-Identifier: Apache-2.0
#include "nn/quantizers/pact.hpp"

#include <torch/autograd.h>
#include <torch/types.h>

#include "nn/quantizers/elementwise.hpp"
#include "nn/quantizers/kernels.hpp"

namespace sumline {
namespace {

constexpr float kInitialClip = 6.0f;

struct PactFunction : torch::autograd::Function<PactFunction> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& alpha) {
    context->save_for_backward({x, alpha});
    const float clip = alpha.item<float>();
    return map_elements(
        x, [&](const float* in, float* out, std::size_t count) { clamp_forward(in, out, count, clip); });
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const at::Tensor x = context->get_saved_variables()[0];
    const at::Tensor alpha = context->get_saved_variables()[1];
    const float clip = alpha.item<float>();
    const at::Tensor to_x =
        map_elements(x, gradients[0], [&](const float* in, const float* g, float* out, std::size_t count) {
          hwgq_backward(in, g, out, count, clip);
        });
    const at::Tensor values = x.contiguous(x.suggest_memory_format());
    const at::Tensor gradient = gradients[0].contiguous(x.suggest_memory_format());
    const double to_alpha = sum_above(values.data_ptr<float>(), gradient.data_ptr<float>(),
                                      static_cast<std::size_t>(values.numel()), clip);
    return {to_x, torch::full_like(alpha, to_alpha)};
  }
};

}  // namespace

at::Tensor pact(const at::Tensor& x, const at::Tensor& alpha) {
  return PactFunction::apply(x, alpha);
}

Pact::Pact() {
  alpha = register_parameter("alpha", torch::tensor(kInitialClip));
}

}  // namespace sumline
