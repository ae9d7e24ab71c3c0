// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// The quantisers' arithmetic on float32 arrays: one pass, SIMD through Highway with run-time dispatch.
/// Every target performs the same IEEE operations (true division, round half to even), and NaN stays NaN.
namespace sumline {

/// y = rne(min(max(x, 0), clip) / step) * step
void hwgq_forward(const float* x, float* y, std::size_t count, float step, float clip);

/// gx = g where 0 <= x <= clip (both ends inclusive), else 0
void hwgq_backward(const float* x, const float* g, float* gx, std::size_t count, float clip);

/// y = clamp((rne(x / step + 0.5) - 0.5) * step, -limit, limit)
void mid_rise_forward(const float* x, float* y, std::size_t count, float step, float limit);

/// y = clamp(x, 0, clip)
void clamp_forward(const float* x, float* y, std::size_t count, float clip);

/// codes = rne(clamp((x - min) / scale, 0, 1) * top), top = 2^bits - 1. @param bits 1..8
void uint_encode(const float* x, std::uint8_t* codes, std::size_t count, float min, float scale, float top);

/// y = code / top * scale + min with the code of uint_encode
void uint_forward(const float* x, float* y, std::size_t count, float min, float scale, float top);

struct Extremes {
  float low;
  float high;
};
/// NaN anywhere makes both NaN. @param count at least 1
Extremes find_extremes(const float* x, std::size_t count);

/// Sum of g where x > clip, in float64, in an order that depends on `count` alone.
double sum_above(const float* x, const float* g, std::size_t count, float clip);

}  // namespace sumline
