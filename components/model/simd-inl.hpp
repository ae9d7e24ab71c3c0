// SPDX-License-Identifier: Apache-2.0
// Compiled once per target, hence the toggling guard. What the kernels need and Highway 1.0.3 lacks.

#if defined(SUMLINE_SIMD_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SUMLINE_SIMD_INL_HPP
#undef SUMLINE_SIMD_INL_HPP
#else
#define SUMLINE_SIMD_INL_HPP
#endif

#include <cstdint>

#include "hwy/highway.h"

#undef SUMLINE_X86_VECTORS
#define SUMLINE_X86_VECTORS (HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_AVX2)

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

#if SUMLINE_X86_VECTORS
using Vec32 = hn::Vec<hn::ScalableTag<std::int32_t>>;

/// sums + a.low * b.low + a.high * b.high, where each lane holds two int16.
HWY_INLINE Vec32 dot_words(Vec32 sums, Vec32 a, Vec32 b) {
#if HWY_TARGET == HWY_AVX3_DL
  // Assembly, as VNNI is part of every CPU of this target but not of the attributes Highway 1.0.3 compiles it
  // with.
  asm("vpdpwssd %2, %1, %0" : "+v"(sums.raw) : "v"(a.raw), "v"(b.raw));
  return sums;
#else
  return hn::Add(sums, Vec32{_mm256_madd_epi16(a.raw, b.raw)});
#endif
}
#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
