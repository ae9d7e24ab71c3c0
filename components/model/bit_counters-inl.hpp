// SPDX-License-Identifier: Apache-2.0
// Compiled once per target, hence the toggling guard.
//
// Note [Vertical counters]: the rows to add are vectors of bits, and counters[b] holds bit b of one count per
// bit position. A full adder on whole vectors turns three rows of weight w into one of weight w and one of
// weight 2 w, so n rows cost n - popcount(n) full adders for as many counts as a vector has bits, two
// instructions each with AVX-512's ternary logic.

#if defined(SUMLINE_BIT_COUNTERS_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SUMLINE_BIT_COUNTERS_INL_HPP
#undef SUMLINE_BIT_COUNTERS_INL_HPP
#else
#define SUMLINE_BIT_COUNTERS_INL_HPP
#endif

#include <cstddef>
#include <cstdint>
#include <span>

#include "components/model/cell_planes.hpp"
#include "components/model/simd-inl.hpp"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using DBits = hn::ScalableTag<std::uint64_t>;
using Bits = hn::Vec<DBits>;

/// sum + a + b = sum + 2 * (returned carry), in every bit position.
HWY_INLINE Bits full_add(Bits& sum, Bits a, Bits b) {
#if HWY_TARGET == HWY_AVX3_DL
  // The carry from the new sum: both instructions then overwrite a value that nobody needs any more, and no
  // copy is made.
  sum = Bits{_mm512_ternarylogic_epi64(sum.raw, a.raw, b.raw, 0x96)};
  return Bits{_mm512_ternarylogic_epi64(a.raw, sum.raw, b.raw, 0xB2)};
#else
  const Bits half = hn::Xor(a, b);
  const Bits carry = hn::Or(hn::And(a, b), hn::And(half, sum));
  sum = hn::Xor(sum, half);
  return carry;
#endif
}

/// Adds `carry` of weight 2^kBit to the counters.
template <int kPlanes, int kBit>
HWY_INLINE void add_carry(Bits* counters, Bits carry) {
  if constexpr (kBit < kPlanes) {
    const Bits next = hn::And(counters[kBit], carry);
    counters[kBit] = hn::Xor(counters[kBit], carry);
    add_carry<kPlanes, kBit + 1>(counters, next);
  }
}

/// Adds 2^kLevel listed rows to counters 0..kLevel-1. @return the carry, of weight 2^kLevel
template <int kLevel>
HWY_INLINE Bits add_rows(const std::uint8_t* rows, const std::uint16_t* list, Bits* counters) {
  if constexpr (kLevel == 0) {
    return hn::LoadU(DBits(), reinterpret_cast<const std::uint64_t*>(rows + *list * CellPlanes::kOffsetUnit));
  } else {
    const Bits a = add_rows<kLevel - 1>(rows, list, counters);
    const Bits b = add_rows<kLevel - 1>(rows, list + (1 << (kLevel - 1)), counters);
    return full_add(counters[kLevel - 1], a, b);
  }
}

/// The rows that `size` has beyond whole blocks. Smallest part first: each carry then finds its counter still
/// empty.
template <int kLevel, int kBlockLevel>
HWY_INLINE void add_remainder(const std::uint8_t* rows, const std::uint16_t*& list, std::size_t size,
                              Bits* counters) {
  if constexpr (kLevel < kBlockLevel) {
    if ((size >> kLevel & 1) != 0) {
      counters[kLevel] = add_rows<kLevel>(rows, list, counters);
      list += std::size_t{1} << kLevel;
    }
    add_remainder<kLevel + 1, kBlockLevel>(rows, list, size, counters);
  }
}

/// counters = the number of listed rows that have each bit set. @param list as CellPlanes::offsets()
template <int kPlanes>
HWY_INLINE void count_rows(const std::uint8_t* rows, std::span<const std::uint16_t> list, Bits* counters) {
  constexpr int kBlockLevel = 6;
  SUMLINE_UNROLL for (int bit = 0; bit < kPlanes; ++bit) {
    counters[bit] = hn::Zero(DBits());
  }
  const std::uint16_t* next = list.data();
  add_remainder<0, kBlockLevel>(rows, next, list.size(), counters);
  for (std::size_t block = 0; block < list.size() >> kBlockLevel; ++block, next += 1 << kBlockLevel) {
    add_carry<kPlanes, kBlockLevel>(counters, add_rows<kBlockLevel>(rows, next, counters));
  }
}

/// total = 2 * total + part
template <int kPlanes>
HWY_INLINE void double_and_add(Bits* total, const Bits* part) {
  Bits carry = hn::Zero(DBits());
  SUMLINE_UNROLL for (int bit = kPlanes - 1; bit > 0; --bit) {
    total[bit] = total[bit - 1];
  }
  total[0] = part[0];
  SUMLINE_UNROLL for (int bit = 1; bit < kPlanes; ++bit) {
    carry = full_add(total[bit], part[bit], carry);
  }
}

/// Swaps bits kShift..2 kShift-1 of `low` with bits 0..kShift-1 of `high`, in each group of 2 kShift bits.
template <int kShift>
HWY_INLINE void exchange(Bits& low, Bits& high) {
  const Bits mask = hn::Set(DBits(), ~std::uint64_t{0} / ((std::uint64_t{1} << kShift) + 1));
#if HWY_TARGET == HWY_AVX3_DL
  const Bits new_low = hn::IfVecThenElse(mask, low, hn::ShiftLeft<kShift>(high));
  high = hn::IfVecThenElse(mask, hn::ShiftRight<kShift>(low), high);
  low = new_low;
#else
  const Bits moved = hn::And(hn::Xor(hn::ShiftRight<kShift>(low), high), mask);
  high = hn::Xor(high, moved);
  low = hn::Xor(low, hn::ShiftLeft<kShift>(moved));
#endif
}

/// Transposes the 8 x 8 matrices whose row b is an element of kBits / 8 bits of vectors[b]: bits (kBits = 8)
/// or bytes (64).
template <int kBits>
HWY_INLINE void transpose(Bits* vectors) {
  SUMLINE_UNROLL for (int i = 0; i < 4; ++i) {
    exchange<kBits / 2>(vectors[i], vectors[i + 4]);
  }
  SUMLINE_UNROLL for (int i = 0; i < 4; ++i) {
    exchange<kBits / 4>(vectors[i / 2 * 4 + i % 2], vectors[i / 2 * 4 + i % 2 + 2]);
  }
  SUMLINE_UNROLL for (int i = 0; i < 4; ++i) {
    exchange<kBits / 8>(vectors[2 * i], vectors[2 * i + 1]);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
