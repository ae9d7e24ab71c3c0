// SPDX-License-Identifier: Apache-2.0
#include "nn/bitwise_layers.hpp"

#include <ATen/ATen.h>
#include <torch/types.h>

namespace sumline {
namespace {

at::Tensor values(const at::Tensor& x, std::uint32_t bits, const char* what, Compatibility compatibility) {
  const UintRange range = uint_range(x, bits);
  require_quantizable(range, what, compatibility == Compatibility::reference);
  return uint_values(x, range);
}

}  // namespace

BitwiseLayer::BitwiseLayer(at::IntArrayRef weight_shape, bool has_bias, const ProductShape& shape,
                           const CodeWidths& widths)
    : AffineParameters(weight_shape, has_bias), product_(shape, widths), widths_(widths) {}

at::Tensor BitwiseLayer::quantized_weight() const {
  return values(weight, widths_.weights, "weights", arithmetic.compatibility);
}

at::Tensor BitwiseLayer::quantized(const at::Tensor& x) const {
  return values(x, widths_.activations, "activations", arithmetic.compatibility);
}

at::Tensor BitwiseLayer::with_noise(const at::Tensor& y) const {
  if (arithmetic.trim_noise == 0) return y;
  return y.mul(noise(y).mul_(arithmetic.trim_noise).add_(1));
}

BitwiseConv2d::BitwiseConv2d(std::uint32_t in_channels, std::uint32_t out_channels, const ProductShape& shape,
                             bool has_bias, const CodeWidths& widths)
    : BitwiseLayer({out_channels, in_channels, shape.kernel, shape.kernel}, has_bias, shape, widths),
      shape_(shape) {}

at::Tensor BitwiseConv2d::forward(const at::Tensor& x) {
  if (arithmetic.mode == ArithmeticMode::train) {
    return with_noise(at::conv2d(quantized(x.contiguous(at::MemoryFormat::ChannelsLast)), quantized_weight(),
                                 bias, shape_.stride, shape_.padding));
  }
  return product_.forward(x, weight, bias, arithmetic, noise);
}

BitwiseLinear::BitwiseLinear(std::size_t in_features, std::uint32_t out_features, bool has_bias,
                             const CodeWidths& widths)
    : BitwiseLayer({out_features, static_cast<std::int64_t>(in_features)}, has_bias, {}, widths) {}

at::Tensor BitwiseLinear::forward(const at::Tensor& x) {
  if (arithmetic.mode == ArithmeticMode::train) {
    return with_noise(at::linear(quantized(x), quantized_weight(), bias));
  }
  const at::Tensor maps = x.reshape({x.size(0), x.size(1), 1, 1});
  const at::Tensor filters = weight.view({weight.size(0), weight.size(1), 1, 1});
  return product_.forward(maps, filters, bias, arithmetic, noise).flatten(1);
}

}  // namespace sumline
