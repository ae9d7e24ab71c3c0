// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "nn/quantizers/converter.hpp"

/// Convolution and matrix product whose inputs are cut into array tiles, every tile's sum being read by a
/// converter.
namespace sumline {

struct TiledLayer {
  std::uint32_t channels_per_tile;  ///< of the input; inputs of a linear layer
  std::uint32_t stride = 1;
  std::uint32_t padding = 0;
  Resolution activations;
  Resolution weights;
  Converter converter;
};

/// Tiles are consecutive channels, the last one holds the remainder; their readings are added in order.
/// Gradient: through every tile's converter slope, then as of the tile's convolution.
/// @param x [batch, channels, height, width], quantised @param weight [out, channels, kernel, kernel],
/// quantised
/// @throws Error where an activation of 2 bits or more lies outside -1..1
at::Tensor tiled_convolution(const at::Tensor& x, const at::Tensor& weight, const TiledLayer& layer);

/// @param x [batch, in_features], quantised @param weight [out_features, in_features], quantised
at::Tensor tiled_linear(const at::Tensor& x, const at::Tensor& weight, const TiledLayer& layer);

}  // namespace sumline
