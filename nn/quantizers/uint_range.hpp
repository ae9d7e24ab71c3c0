// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace sumline {

/// The dynamic, unsigned, per-tensor quantiser of PACiM: code c = rne(clamp((x - min) / scale, 0, 1) * Q)
/// stands for c / Q * scale + min, Q = 2^bits - 1. Every step is rounded to float32.
struct UintRange {
  float min;
  float scale;  ///< max - min + 1e-7
  std::uint32_t bits;

  float top_code() const { return static_cast<float>((1U << bits) - 1); }
  /// The code closest to real zero, where the range may lie beside it.
  std::uint8_t zero_code() const;
  /// The original's: rne(|min| / scale * Q), which for min > 0 stands for 2 min.
  std::uint8_t reference_zero_code() const;
};

/// Range of a whole tensor. @param x float32 @param bits 1..8
UintRange uint_range(const at::Tensor& x, std::uint32_t bits);

/// Codes (uint8) in the memory layout of x.
at::Tensor uint_codes(const at::Tensor& x, const UintRange& range);

/// The values the codes stand for. Gradient: straight through, none to the range.
at::Tensor uint_values(const at::Tensor& x, const UintRange& range);

/// @throws Error naming `what` for NaN and infinities, and for a single value unless `constants` are allowed
void require_quantizable(const UintRange& range, const char* what, bool constants);

}  // namespace sumline
