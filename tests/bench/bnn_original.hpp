// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

namespace sumline::bench {

/// A convolution behind 1-bit converters as hpic-lab/BNN_IGA writes it: one convolution per tile, boolean masks for the
/// levels, the impulse slope by elementwise operations. With gradients.
/// @param x, weight quantised to +-1 @param sigma of the impulse, in active rows
at::Tensor original_convolution(const at::Tensor& x, const at::Tensor& weight, std::int64_t stride,
                                double sigma);

}  // namespace sumline::bench
