// SPDX-License-Identifier: Apache-2.0
#include "components/model/bit_planes.hpp"

#include <algorithm>
#include <cstring>

namespace sumline {
namespace {

constexpr std::uint64_t kLowBits = 0x0101010101010101;
/// Multiplying eight 0/1 bytes by this gathers them into the top byte, byte i to bit i.
constexpr std::uint64_t kGather = 0x0102040810204080;

std::uint64_t ones_below(std::uint32_t bit) {
  return bit == 0 ? 0 : ~std::uint64_t{0} >> (64 - bit);
}

}  // namespace

std::uint32_t count_ones(std::span<const std::uint64_t> words, RowRange range) {
  std::uint32_t ones = 0;
  for (std::uint32_t row = range.begin; row < range.end;) {
    const std::uint32_t word = row / 64;
    const std::uint32_t last = std::min(range.end - word * 64, 64U);
    ones += static_cast<std::uint32_t>(std::popcount(words[word] & ones_below(last) & ~ones_below(row % 64)));
    row = (word + 1) * 64;
  }
  return ones;
}

std::uint64_t count_active_digits(std::span<const std::uint8_t> codes, std::uint32_t digit_bits) {
  std::uint64_t lowest = 0;  // the lowest bit of every digit of a code, in each of eight codes
  for (std::uint32_t bit = 0; bit < 8; bit += digit_bits) {
    lowest |= kLowBits << bit;
  }
  std::uint64_t active = 0;
  for (std::size_t index = 0; index < codes.size(); index += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, codes.data() + index, std::min<std::size_t>(8, codes.size() - index));
    std::uint64_t digits = 0;
    for (std::uint32_t bit = 0; bit < digit_bits; ++bit) {
      digits |= (eight >> bit) & lowest & (kLowBits * (0xFFU >> bit));
    }
    active += static_cast<std::uint64_t>(std::popcount(digits));
  }
  return active;
}

void BitPlanes::assign(std::span<const std::uint8_t> codes, std::uint32_t bits) {
  rows_ = static_cast<std::uint32_t>(codes.size());
  planes_ = bits;
  words_per_plane_ = (codes.size() + 63) / 64;
  words_.assign(planes_ * words_per_plane_, 0);
  for (std::size_t row = 0; row < codes.size(); row += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, codes.data() + row, std::min<std::size_t>(8, codes.size() - row));
    if (eight == 0) {
      continue;
    }
    for (std::uint32_t bit = 0; bit < bits; ++bit) {
      const std::uint64_t gathered = (((eight >> bit) & kLowBits) * kGather) >> 56;
      words_[bit * words_per_plane_ + row / 64] |= gathered << (row % 64);
    }
  }
}

}  // namespace sumline
