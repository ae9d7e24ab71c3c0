// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "nn/quantizers/converter_config.hpp"

namespace at {
class Tensor;
}

namespace sumline {

/// quantize_operands() with a gradient.
/// @param x float32, any shape
at::Tensor quantize_operands(const at::Tensor& x, Resolution resolution, Slope slope);

/// What the converter makes of partial sums of any origin, with its gradient.
/// @param sums float32, any shape
at::Tensor convert_sums(const at::Tensor& sums, const Converter& converter);

}  // namespace sumline
