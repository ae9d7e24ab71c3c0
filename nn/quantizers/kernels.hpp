// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

/// The quantisers' arithmetic on float32 arrays: one pass, SIMD through Highway with run-time dispatch.
/// Every target performs the same IEEE operations (true division, round half to even), and NaN stays NaN.
namespace sumline {

/// y = rne(min(max(x, 0), clip) / step) * step
void hwgq_forward(const float* x, float* y, std::size_t count, float step, float clip);

/// gx = g where 0 <= x <= clip (both ends inclusive), else 0
void hwgq_backward(const float* x, const float* g, float* gx, std::size_t count, float clip);

/// y = clamp((rne(x / step + 0.5) - 0.5) * step, -limit, limit)
void mid_rise_forward(const float* x, float* y, std::size_t count, float step, float limit);

}  // namespace sumline
