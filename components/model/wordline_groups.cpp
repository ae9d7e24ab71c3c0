// SPDX-License-Identifier: Apache-2.0
#include "components/model/wordline_groups.hpp"

namespace sumline {
namespace {

/// The wordlines from the first active one on that hold `height` active ones, or what is left of them.
RowRange next_run(std::uint32_t height, std::span<const std::uint64_t> active, std::uint32_t from) {
  RowRange run{from, from};
  std::uint32_t ones = 0;
  for (std::uint32_t word = from / 64; word < active.size(); ++word) {
    const std::uint64_t passed = word == from / 64 ? ~(~std::uint64_t{0} << from % 64) : 0;
    for (std::uint64_t bits = active[word] & ~passed; bits != 0; bits &= bits - 1) {
      const std::uint32_t row = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
      run = {ones == 0 ? row : run.begin, row + 1};
      if (++ones == height) {
        return run;
      }
    }
  }
  return run;
}

}  // namespace

std::span<const std::uint64_t> active_wordlines(const BitPlanes& planes, const ActivationSlicing& activations,
                                                std::uint32_t digit, WordlineMask& storage) {
  if (activations.digit_bits == 1) {
    return planes.plane(digit);
  }
  const std::span<std::uint64_t> active = std::span(storage).first(planes.words_per_plane());
  std::fill(active.begin(), active.end(), 0);
  const std::uint32_t first = digit * activations.digit_bits;
  for (std::uint32_t plane = first; plane < std::min(first + activations.digit_bits, planes.planes());
       ++plane) {
    const auto words = planes.plane(plane);
    for (std::size_t word = 0; word < active.size(); ++word) {
      active[word] |= words[word];
    }
  }
  return active;
}

std::uint32_t sum_digits(const BitPlanes& planes, const ActivationSlicing& activations, std::uint32_t digit,
                         RowRange range) {
  std::uint32_t sum = 0;
  const std::uint32_t first = digit * activations.digit_bits;
  for (std::uint32_t bit = 0; bit < activations.digit_bits && first + bit < planes.planes(); ++bit) {
    sum += count_ones(planes.plane(first + bit), range) << bit;
  }
  return sum;
}

RowRange next_group(Skipping skipping, std::uint32_t height, std::span<const std::uint64_t> active,
                    std::uint32_t rows, std::uint32_t from) {
  if (skipping == Skipping::compaction) {
    return next_run(height, active, from);
  }
  for (; from < rows; from += height) {
    const RowRange group{from, std::min(from + height, rows)};
    if (skipping == Skipping::none || count_ones(active, group) > 0) {
      return group;
    }
  }
  return {rows, rows};
}

void wordline_groups(Skipping skipping, std::uint32_t height, std::span<const std::uint64_t> active,
                     std::uint32_t rows, std::vector<RowRange>& groups) {
  groups.clear();
  for_each_group(skipping, height, active, rows, [&](RowRange group) { groups.push_back(group); });
}

}  // namespace sumline
