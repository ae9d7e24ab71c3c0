// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/tiled_arrays.hpp"

namespace sumline {

struct TiledGradients {
  at::Tensor x;  ///< undefined where not wanted
  at::Tensor weight;
};

/// Gradients of tiled_convolution() to its operands.
/// @param gradient to the output, [batch, out, height, width] @param want_x whether that to x is formed
TiledGradients tiled_gradients(const TiledConvolutionArrays& arrays, const at::Tensor& gradient, bool want_x);

/// Gradients of tiled_linear() to its operands. @param gradient to the output, [batch, out_features]
TiledGradients tiled_gradients(const TiledLinearArrays& arrays, const at::Tensor& gradient, bool want_x);

}  // namespace sumline
