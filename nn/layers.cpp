// SPDX-License-Identifier: Apache-2.0
#include "nn/layers.hpp"

#include <ATen/ATen.h>
#include <torch/types.h>

#include "nn/quantizers/quantizers.hpp"
#include "nn/tiled_product.hpp"

namespace sumline {
namespace {

constexpr double kThousand = 1e3;
constexpr double kMillion = 1e6;

SizeBuffers register_sizes(torch::nn::Module& module, double size_product) {
  return {module.register_buffer("size_product", torch::tensor(static_cast<float>(size_product))),
          module.register_buffer("memory_size", torch::tensor(0.0f))};
}

TiledLayer tiled_layer(const NodeConfig& node, const LayerQuantizers& quantizers) {
  return {quantizers.channels_per_tile, node.stride,         node.padding, quantizers.activation_resolution,
          quantizers.weight_resolution, quantizers.converter};
}

}  // namespace

AffineParameters::AffineParameters(at::IntArrayRef weight_shape, bool has_bias) {
  weight = register_parameter("weight", torch::zeros(weight_shape));
  if (has_bias) bias = register_parameter("bias", torch::zeros(weight_shape[0]));
}

QuantConv2d::QuantConv2d(std::uint32_t in_channels, const NodeConfig& node, const LayerQuantizers& quantizers)
    : node_(node), quantizers_(quantizers) {
  conv_ = register_module("conv",
                          std::make_shared<AffineParameters>(
                              at::IntArrayRef{node.channels, in_channels, node.kernel, node.kernel}, false));
  sizes_ = register_sizes(*this, 0);
}

at::Tensor QuantConv2d::forward(const at::Tensor& x) {
  const double map = static_cast<double>(x.size(2) * x.size(3));
  const double filters = static_cast<double>(conv_->weight.numel()) / (node_.stride * node_.stride);
  sizes_.size_product.fill_(filters * map / kMillion);
  sizes_.memory_size.fill_(static_cast<double>(x.size(1)) * map / kThousand);
  return at::conv2d(quantize_activations(x, quantizers_), quantize_weights(conv_->weight, quantizers_), {},
                    node_.stride, node_.padding);
}

QuantLinear::QuantLinear(std::size_t in_features, const NodeConfig& node, const LayerQuantizers& quantizers)
    : quantizers_(quantizers) {
  const auto features = static_cast<std::int64_t>(in_features);
  linear_ = register_module(
      "linear", std::make_shared<AffineParameters>(at::IntArrayRef{node.channels, features}, true));
  sizes_ = register_sizes(*this, static_cast<double>(linear_->weight.numel()) / kMillion);
}

at::Tensor QuantLinear::forward(const at::Tensor& x) {
  sizes_.memory_size.fill_(static_cast<double>(x.nbytes()) / kMillion);
  return at::linear(quantize_activations(x, quantizers_), quantize_weights(linear_->weight, quantizers_),
                    linear_->bias);
}

TiledConv2d::TiledConv2d(std::uint32_t in_channels, const NodeConfig& node, const LayerQuantizers& quantizers)
    : AffineParameters({node.channels, in_channels, node.kernel, node.kernel}, node.bias),
      node_(node),
      quantizers_(quantizers) {}

at::Tensor TiledConv2d::forward(const at::Tensor& x) {
  at::Tensor y = tiled_convolution(quantize_activations(x, quantizers_),
                                   quantize_weights(weight, quantizers_), tiled_layer(node_, quantizers_));
  return bias.defined() ? y.add_(bias.view({1, -1, 1, 1})) : y;
}

TiledLinear::TiledLinear(std::size_t in_features, const NodeConfig& node, const LayerQuantizers& quantizers)
    : AffineParameters({node.channels, static_cast<std::int64_t>(in_features)}, true),
      quantizers_(quantizers) {}

at::Tensor TiledLinear::forward(const at::Tensor& x) {
  return tiled_linear(quantize_activations(x, quantizers_), quantize_weights(weight, quantizers_),
                      tiled_layer({}, quantizers_))
      .add_(bias);
}

}  // namespace sumline
