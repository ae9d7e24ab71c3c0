// SPDX-License-Identifier: Apache-2.0
#include "nn/quantizers/converter.hpp"

#include <torch/autograd.h>

#include "nn/quantizers/elementwise.hpp"

namespace sumline {
namespace {

/// g * slope(x), element by element.
template <typename SlopeAt>
at::Tensor scaled(const at::Tensor& x, const at::Tensor& g, const SlopeAt& slope_at) {
  return map_elements(x, g, [&](const float* in, const float* gradient, float* out, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) out[i] = gradient[i] * static_cast<float>(slope_at(in[i]));
  });
}

struct OperandFunction : torch::autograd::Function<OperandFunction> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            int64_t resolution, int64_t slope) {
    const auto kind = static_cast<Slope>(slope);
    context->saved_data["resolution"] = resolution;
    context->saved_data["slope"] = slope;
    if (kind != Slope::straight_through) context->save_for_backward({x});
    return map_elements(x, [&](const float* in, float* out, std::size_t count) {
      quantize_operands(in, out, count, static_cast<Resolution>(resolution));
    });
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto resolution = static_cast<Resolution>(context->saved_data["resolution"].toInt());
    const auto slope = static_cast<Slope>(context->saved_data["slope"].toInt());
    if (slope == Slope::straight_through) return {gradients[0], at::Tensor(), at::Tensor()};
    const at::Tensor x = context->get_saved_variables()[0];
    return {scaled(x, gradients[0], [&](float v) { return operand_slope(slope, resolution, v); }),
            at::Tensor(), at::Tensor()};
  }
};

struct ConverterFunction : torch::autograd::Function<ConverterFunction> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& sums,
                            int64_t resolution, int64_t full_scale, int64_t slope, double sigma) {
    context->save_for_backward({sums});
    context->saved_data["resolution"] = resolution;
    context->saved_data["full_scale"] = full_scale;
    context->saved_data["slope"] = slope;
    context->saved_data["sigma"] = sigma;
    return map_elements(sums, [&](const float* in, float* out, std::size_t count) {
      quantize_sums(in, out, count, static_cast<Resolution>(resolution), static_cast<double>(full_scale));
    });
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    auto& saved = context->saved_data;
    const Converter converter{static_cast<Resolution>(saved["resolution"].toInt()),
                              static_cast<std::uint32_t>(saved["full_scale"].toInt()),
                              static_cast<Slope>(saved["slope"].toInt()), saved["sigma"].toDouble()};
    const at::Tensor sums = context->get_saved_variables()[0];
    return {scaled(sums, gradients[0], [&](float sum) { return converter.slope_at(sum); }), at::Tensor(),
            at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

}  // namespace

at::Tensor quantize_operands(const at::Tensor& x, Resolution resolution, Slope slope) {
  if (resolution == Resolution::full) return x;
  return OperandFunction::apply(x, static_cast<int64_t>(resolution), static_cast<int64_t>(slope));
}

at::Tensor convert_sums(const at::Tensor& sums, const Converter& converter) {
  if (converter.resolution == Resolution::full) return sums;
  return ConverterFunction::apply(sums, static_cast<int64_t>(converter.resolution),
                                  static_cast<int64_t>(converter.full_scale),
                                  static_cast<int64_t>(converter.slope), converter.sigma);
}

}  // namespace sumline
