// SPDX-License-Identifier: Apache-2.0
#include "components/model/wordline_groups.hpp"

namespace sumline {

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
