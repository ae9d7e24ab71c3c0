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

#include <array>
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

/// The same bit of kGroups groups of counts that share their lists of rows: an offset is then read once for
/// all of them.
template <std::size_t kGroups>
struct Slice {
  Bits of[kGroups];
};
/// Where the rows of each group begin.
template <std::size_t kGroups>
using Rows = std::array<const std::uint8_t*, kGroups>;

template <std::size_t kGroups>
HWY_INLINE Slice<kGroups> full_add(Slice<kGroups>& sum, Slice<kGroups> a, Slice<kGroups> b) {
  SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
    a.of[group] = full_add(sum.of[group], a.of[group], b.of[group]);
  }
  return a;
}

template <std::size_t kGroups>
HWY_INLINE Slice<kGroups> zero_slice() {
  Slice<kGroups> zero;
  SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
    zero.of[group] = hn::Zero(DBits());
  }
  return zero;
}

template <std::size_t kGroups>
HWY_INLINE Slice<kGroups> load_row(const Rows<kGroups>& rows, std::size_t offset) {
  Slice<kGroups> row;
  SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
    const std::uint8_t* bytes = rows[group] + offset * CellPlanes::kOffsetUnit;
    row.of[group] = hn::LoadU(DBits(), reinterpret_cast<const std::uint64_t*>(bytes));
  }
  return row;
}

/// Adds `carry` of weight 2^kBit to the counters.
template <int kPlanes, int kBit, std::size_t kGroups>
HWY_INLINE void add_carry(Slice<kGroups>* counters, Slice<kGroups> carry) {
  if constexpr (kBit < kPlanes) {
    add_carry<kPlanes, kBit + 1>(counters, full_add(counters[kBit], carry, zero_slice<kGroups>()));
  }
}

/// Adds 2^kLevel listed rows to counters 0..kLevel-1. @return the carry, of weight 2^kLevel
template <int kLevel, std::size_t kGroups>
HWY_INLINE Slice<kGroups> add_rows(const Rows<kGroups>& rows, const std::uint16_t* list,
                                   Slice<kGroups>* counters) {
  if constexpr (kLevel == 0) {
    return load_row<kGroups>(rows, *list);
  } else {
    const auto a = add_rows<kLevel - 1, kGroups>(rows, list, counters);
    const auto b = add_rows<kLevel - 1, kGroups>(rows, list + (1 << (kLevel - 1)), counters);
    return full_add(counters[kLevel - 1], a, b);
  }
}

/// The rows that `size` has beyond whole blocks. Smallest part first: each carry then finds its counter still
/// empty.
template <int kLevel, int kBlockLevel, std::size_t kGroups>
HWY_INLINE void add_remainder(const Rows<kGroups>& rows, const std::uint16_t*& list, std::size_t size,
                              Slice<kGroups>* counters) {
  if constexpr (kLevel < kBlockLevel) {
    if ((size >> kLevel & 1) != 0) {
      counters[kLevel] = add_rows<kLevel, kGroups>(rows, list, counters);
      list += std::size_t{1} << kLevel;
    }
    add_remainder<kLevel + 1, kBlockLevel, kGroups>(rows, list, size, counters);
  }
}

/// counters = the number of listed rows that have each bit set. @param list as CellPlanes::offsets()
template <int kPlanes, std::size_t kGroups>
HWY_INLINE void count_rows(const Rows<kGroups>& rows, std::span<const std::uint16_t> list,
                           Slice<kGroups>* counters) {
  constexpr int kBlockLevel = 6;
  SUMLINE_UNROLL for (int bit = 0; bit < kPlanes; ++bit) {
    counters[bit] = zero_slice<kGroups>();
  }
  const std::uint16_t* next = list.data();
  add_remainder<0, kBlockLevel, kGroups>(rows, next, list.size(), counters);
  for (std::size_t block = 0; block < list.size() >> kBlockLevel; ++block, next += 1 << kBlockLevel) {
    add_carry<kPlanes, kBlockLevel>(counters, add_rows<kBlockLevel, kGroups>(rows, next, counters));
  }
}

/// total = 2 * total + part
template <int kPlanes, std::size_t kGroups>
HWY_INLINE void double_and_add(Slice<kGroups>* total, const Slice<kGroups>* part) {
  SUMLINE_UNROLL for (int bit = kPlanes - 1; bit > 0; --bit) {
    total[bit] = total[bit - 1];
  }
  total[0] = part[0];
  auto carry = zero_slice<kGroups>();
  SUMLINE_UNROLL for (int bit = 1; bit < kPlanes; ++bit) {
    carry = full_add(total[bit], part[bit], carry);
  }
}

/// Swaps bits kShift..2 kShift-1 of `low` with bits 0..kShift-1 of `high`, in each group of 2 kShift bits.
template <int kShift>
HWY_INLINE void exchange(Bits& low, Bits& high) {
  const Bits mask = hn::Set(DBits(), ~std::uint64_t{0} / ((std::uint64_t{1} << kShift) + 1));
#if HWY_TARGET == HWY_AVX3_DL
  // mask ? a : b, written so that the shifted value is overwritten and no mask is copied.
  const Bits moved_down = hn::ShiftRight<kShift>(low);
  low = Bits{_mm512_ternarylogic_epi64(hn::ShiftLeft<kShift>(high).raw, mask.raw, low.raw, 0xB8)};
  high = Bits{_mm512_ternarylogic_epi64(moved_down.raw, mask.raw, high.raw, 0xE2)};
#else
  const Bits moved = hn::And(hn::Xor(hn::ShiftRight<kShift>(low), high), mask);
  high = hn::Xor(high, moved);
  low = hn::Xor(low, hn::ShiftLeft<kShift>(moved));
#endif
}

/// Transposes the 8 x 8 matrices whose row b is an element of kBits / 8 bits of vectors[b]: bits (kBits = 8)
/// or bytes (64).
/// @tparam kRows how many rows are given; what stands for the others in the result is undefined
template <int kBits, int kRows = 8>
HWY_INLINE void transpose(Bits* vectors) {
  SUMLINE_UNROLL for (int i = 0; i < 4; ++i) {
    if (i + 4 < kRows) {
      exchange<kBits / 2>(vectors[i], vectors[i + 4]);
    } else {
      vectors[i + 4] = hn::ShiftRight<kBits / 2>(vectors[i]);
    }
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
