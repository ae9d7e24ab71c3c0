// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>

#include "nn/network_config.hpp"

/// Layers that quantise their input and their weights, with the parameter and buffer names of the original
/// project
/// ("conv.weight", "linear.weight", "linear.bias", "size_product", "memory_size").
namespace sumline {

/// Weight and bias of one layer, uninitialised.
class AffineParameters : public torch::nn::Module {
 public:
  AffineParameters(at::IntArrayRef weight_shape, bool has_bias);

  at::Tensor weight;
  at::Tensor bias;  ///< undefined without bias
};

/// Size figures that every forward pass overwrites and every checkpoint carries.
struct SizeBuffers {
  at::Tensor size_product;  ///< weights times input positions / stride^2, in millions
  at::Tensor memory_size;   ///< input elements, in thousands (linear: bytes of the whole batch, in millions)
};

/// Convolution without bias: conv(quantised x, quantised weight).
class QuantConv2d : public torch::nn::Module {
 public:
  QuantConv2d(std::uint32_t in_channels, const NodeConfig& node, const LayerQuantizers& quantizers);
  /// @param x [batch, channels, height, width]
  at::Tensor forward(const at::Tensor& x);

 private:
  const NodeConfig node_;
  const LayerQuantizers quantizers_;
  std::shared_ptr<AffineParameters> conv_;
  SizeBuffers sizes_;
};

/// Fully connected layer with an unquantised bias.
class QuantLinear : public torch::nn::Module {
 public:
  QuantLinear(std::size_t in_features, const NodeConfig& node, const LayerQuantizers& quantizers);
  /// @param x [batch, in_features]
  at::Tensor forward(const at::Tensor& x);

 private:
  const LayerQuantizers quantizers_;
  std::shared_ptr<AffineParameters> linear_;
  SizeBuffers sizes_;
};

/// Convolution whose operands are staircases and whose tiles are read by a converter; parameters "weight" and
/// "bias".
class TiledConv2d : public AffineParameters {
 public:
  TiledConv2d(std::uint32_t in_channels, const NodeConfig& node, const LayerQuantizers& quantizers);
  /// @param x [batch, channels, height, width]
  at::Tensor forward(const at::Tensor& x);
  const NodeConfig& node() const { return node_; }

 private:
  const NodeConfig node_;
  const LayerQuantizers quantizers_;
};

/// The same for a fully connected layer.
class TiledLinear : public AffineParameters {
 public:
  TiledLinear(std::size_t in_features, const NodeConfig& node, const LayerQuantizers& quantizers);
  /// @param x [batch, in_features]
  at::Tensor forward(const at::Tensor& x);

 private:
  const LayerQuantizers quantizers_;
};

}  // namespace sumline
