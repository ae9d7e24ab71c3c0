// SPDX-License-Identifier: Apache-2.0
// Compiled once per target, hence the toggling guard. What the kernels need and Highway 1.0.3 lacks.

#if defined(SUMLINE_SIMD_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SUMLINE_SIMD_INL_HPP
#undef SUMLINE_SIMD_INL_HPP
#else
#define SUMLINE_SIMD_INL_HPP
#endif

#include <algorithm>
#include <cstdint>

#include "components/model/byte_tables.hpp"
#include "hwy/highway.h"

#undef SUMLINE_X86_VECTORS
#define SUMLINE_X86_VECTORS (HWY_TARGET == HWY_AVX3_DL || HWY_TARGET == HWY_AVX2)

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

#if SUMLINE_X86_VECTORS
using DBits = hn::ScalableTag<std::uint64_t>;
using Bits = hn::Vec<DBits>;

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

/// sums + the products of four unsigned bytes of `weights` and four signed ones of `codes` per lane; exact
/// while two neighbouring weights together are at most 255.
HWY_INLINE Vec32 dot_bytes(Vec32 sums, Vec32 weights, Bits codes) {
#if HWY_TARGET == HWY_AVX3_DL
  asm("vpdpbusd %2, %1, %0" : "+v"(sums.raw) : "v"(weights.raw), "v"(codes.raw));
  return sums;
#else
  const Vec32 pairs{_mm256_maddubs_epi16(weights.raw, codes.raw)};
  return dot_words(sums, pairs, Vec32{_mm256_set1_epi16(1)});
#endif
}

/// How many vectors share one walk through a table.
constexpr int kLookups = HWY_TARGET == HWY_AVX3_DL ? 8 : 4;

/// codes = entries of the first 2^kBits (6 or 7) of half a byte table. @param sums bytes; bits from kBits on
/// are ignored
template <int kBits>
HWY_INLINE void look_up_half(const ByteTables& tables, std::uint32_t digit, std::uint32_t half,
                             const Bits* sums, Bits* codes) {
#if HWY_TARGET == HWY_AVX3_DL
  const std::int8_t* entries = tables.entries(digit) + 128 * half;
  const __m512i low = _mm512_loadu_si512(entries);
  const __m512i high = _mm512_loadu_si512(entries + 64);
  SUMLINE_UNROLL for (int i = 0; i < kLookups; ++i) {
    codes[i] = Bits{kBits == 6 ? _mm512_permutexvar_epi8(sums[i].raw, low)
                               : _mm512_permutex2var_epi8(low, sums[i].raw, high)};
  }
#else
  const std::int8_t* differences = tables.differences(digit) + 128 * half;
  const std::size_t runs = std::min<std::size_t>(tables.runs(digit, half), 1 << (kBits - 4));
  __m256i index[kLookups];
  SUMLINE_UNROLL for (int i = 0; i < kLookups; ++i) {
    index[i] = _mm256_and_si256(sums[i].raw, _mm256_set1_epi8((1 << kBits) - 1));
    codes[i] = hn::Zero(DBits());
  }
  for (std::size_t run = 0; run < runs; ++run) {
    const __m256i entries = _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(differences + 16 * run)));
    SUMLINE_UNROLL for (int i = 0; i < kLookups; ++i) {
      codes[i].raw = _mm256_xor_si256(codes[i].raw, _mm256_shuffle_epi8(entries, index[i]));
      index[i] = _mm256_sub_epi8(index[i], _mm256_set1_epi8(16));  // negative from here on: reads zero
    }
  }
#endif
}

/// Codes of kLookups vectors of sums, one byte each, from one digit of a table. @tparam kBits of a sum, 6 to
/// 8
template <int kBits>
HWY_INLINE void look_up(const ByteTables& tables, std::uint32_t digit, const Bits* sums, Bits* codes) {
  look_up_half<std::min(kBits, 7)>(tables, digit, 0, sums, codes);
  if constexpr (kBits == 8) {
    const hn::Repartition<std::int8_t, DBits> d8;
    Bits high[kLookups];
    look_up_half<7>(tables, digit, 1, sums, high);
    SUMLINE_UNROLL for (int i = 0; i < kLookups; ++i) {
      codes[i] =
          hn::BitCast(DBits(), hn::IfNegativeThenElse(hn::BitCast(d8, sums[i]), hn::BitCast(d8, high[i]),
                                                      hn::BitCast(d8, codes[i])));
    }
  }
}
#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
