// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace sumline {

/// Half-wave Gaussian quantiser of activations: code q = rne(clip(x, 0, c) / s), value q * s, with c = s *
/// (2^bits - 1). Gradient: straight through where 0 <= x <= c, zero elsewhere; none to the step. Source: HWGQ
/// (CVPR 2017) with the steps of nn/quantizers/steps.hpp.
/// @param x float32, any shape @param bits 1..8
at::Tensor hwgq(const at::Tensor& x, std::uint32_t bits);

/// The codes 0..2^bits - 1 (uint8) behind hwgq(x, bits).
at::Tensor hwgq_codes(const at::Tensor& x, std::uint32_t bits);

}  // namespace sumline
