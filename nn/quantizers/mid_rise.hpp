// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace sumline {

/// Mid-rise quantiser: the nearest odd multiple of step / 2, at most (2^bits - 1) * step / 2; there is no
/// zero level. Gradient: straight through everywhere, outside the clip too.
/// @param x float32, any shape @param bits 1..8
at::Tensor mid_rise(const at::Tensor& x, double step, std::uint32_t bits);

/// The codes u = 0..2^bits - 1 (uint8) behind mid_rise: value = (2u - (2^bits - 1)) * step / 2.
at::Tensor mid_rise_codes(const at::Tensor& x, double step, std::uint32_t bits);

/// Step for Gaussian weights: the table's step times the unbiased standard deviation of the whole tensor.
double gaussian_step(const at::Tensor& weight, std::uint32_t bits);

}  // namespace sumline
