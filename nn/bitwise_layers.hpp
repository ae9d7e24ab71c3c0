// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>

#include "nn/code_product.hpp"
#include "nn/layers.hpp"

/// Layers whose products are formed bit by bit in hardware: min/max quantised maps and weights, computed as
/// `arithmetic` says. Parameters are "weight" and "bias".
namespace sumline {

class BitwiseLayer : public AffineParameters {
 public:
  /// May be changed between two forward passes.
  Arithmetic arithmetic{};
  NoiseSource noise = gaussian_noise;

  const std::vector<std::uint8_t>& classes() const { return product_.classes(); }

 protected:
  BitwiseLayer(at::IntArrayRef weight_shape, bool has_bias, const ProductShape& shape,
               const CodeWidths& widths);

  /// Straight-through quantised values, and the noise that stands for the approximation. @throws Error as
  /// CodeProduct
  at::Tensor quantized_weight() const;
  at::Tensor quantized(const at::Tensor& x) const;
  at::Tensor with_noise(const at::Tensor& y) const;

  CodeProduct product_;
  const CodeWidths widths_;
};

class BitwiseConv2d : public BitwiseLayer {
 public:
  BitwiseConv2d(std::uint32_t in_channels, std::uint32_t out_channels, const ProductShape& shape,
                bool has_bias, const CodeWidths& widths);
  /// @param x [batch, channels, height, width]
  at::Tensor forward(const at::Tensor& x);

 private:
  const ProductShape shape_;
};

class BitwiseLinear : public BitwiseLayer {
 public:
  BitwiseLinear(std::size_t in_features, std::uint32_t out_features, bool has_bias, const CodeWidths& widths);
  /// @param x [batch, in_features]
  at::Tensor forward(const at::Tensor& x);
};

}  // namespace sumline
