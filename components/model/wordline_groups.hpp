// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/bit_planes.hpp"
#include "components/model/slicing.hpp"
#include "configs/accelerator.hpp"

/// Which wordlines of an array are driven together.
namespace sumline {

inline constexpr std::uint32_t kMaxWordlines = 4096;
using WordlineMask = std::array<std::uint64_t, kMaxWordlines / 64>;

/// A wordline that carries a digit other than zero.
struct DrivenWordline {
  std::uint16_t row;
  std::int16_t digit;
};

/// Bit k = wordline k carries a non-zero digit. @param digit 0 = least significant @param storage may hold
/// the result
std::span<const std::uint64_t> active_wordlines(const BitPlanes& planes, const ActivationSlicing& activations,
                                                std::uint32_t digit, WordlineMask& storage);

/// Sum of the digits' magnitudes on the wordlines of `range`.
std::uint32_t sum_digits(const BitPlanes& planes, const ActivationSlicing& activations, std::uint32_t digit,
                         RowRange range);

/// The next group that is read for one input digit: static groups of `height` wordlines (none, zero_groups) or runs
/// that hold `height` active wordlines (compaction). @param from 0, or where the group before ended
/// @return an empty range after the last one
RowRange next_group(Skipping skipping, std::uint32_t height, std::span<const std::uint64_t> active,
                    std::uint32_t rows, std::uint32_t from);

/// Calls visit(RowRange) for every group that is read for one input digit.
template <class Visit>
void for_each_group(Skipping skipping, std::uint32_t height, std::span<const std::uint64_t> active,
                    std::uint32_t rows, Visit visit) {
  for (RowRange group{0, 0}; (group = next_group(skipping, height, active, rows, group.end)).size() > 0;) {
    visit(group);
  }
}

/// The same groups as a list. @param groups replaced
void wordline_groups(Skipping skipping, std::uint32_t height, std::span<const std::uint64_t> active,
                     std::uint32_t rows, std::vector<RowRange>& groups);

}  // namespace sumline
