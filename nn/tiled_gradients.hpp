// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/tiled_product.hpp"

namespace sumline {

struct TiledGradients {
  at::Tensor x;
  at::Tensor weight;
};

/// Gradients of tiled_convolution() (x of four dimensions) and tiled_linear() to their operands.
/// @param gradient to the output
TiledGradients tiled_gradients(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight,
                               const at::Tensor& gradient);

}  // namespace sumline
