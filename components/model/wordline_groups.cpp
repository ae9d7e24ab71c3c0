// SPDX-License-Identifier: Apache-2.0
#include "components/model/wordline_groups.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/wordline_groups.cpp"
#include "components/model/simd_targets.hpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

/// Adds the ones of each group, times 2^shift. Compiled per target for the sake of its count instruction.
void add_group_ones(std::span<const std::uint64_t> words, std::uint32_t rows, std::uint32_t height,
                    std::uint32_t shift, std::uint32_t* sums) {
  for (std::uint32_t begin = 0; begin < rows; begin += height) {
    *sums++ += count_ones(words, {begin, std::min(begin + height, rows)}) << shift;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(add_group_ones);

void sum_static_groups(const BitPlanes& planes, const ActivationSlicing& activations, std::uint32_t digit,
                       std::uint32_t height, std::span<std::uint32_t> sums) {
  std::fill(sums.begin(), sums.end(), 0);
  const std::uint32_t first = digit * activations.digit_bits;
  for (std::uint32_t bit = 0; bit < activations.digit_bits && first + bit < planes.planes(); ++bit) {
    HWY_DYNAMIC_DISPATCH(add_group_ones)(planes.plane(first + bit), planes.rows(), height, bit, sums.data());
  }
}

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

void wordline_groups(Skipping skipping, std::uint32_t height, std::span<const std::uint64_t> active,
                     std::uint32_t rows, std::vector<RowRange>& groups) {
  groups.clear();
  for_each_group(skipping, height, active, rows, [&](RowRange group) { groups.push_back(group); });
}

}  // namespace sumline
#endif  // HWY_ONCE
