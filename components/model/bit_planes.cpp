// SPDX-License-Identifier: Apache-2.0
#include "components/model/bit_planes.hpp"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/bit_planes.cpp"
#include "components/model/simd_targets.hpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// Compiled per target for the sake of its count instruction. @param lowest bit of every digit, in each byte
std::uint64_t count_digits(const std::uint8_t* codes, std::size_t size, std::uint32_t digit_bits,
                           std::uint64_t lowest) {
  std::uint64_t active = 0;
  for (std::size_t index = 0; index < size; index += 8) {
    std::uint64_t eight = 0;
    if (index + 8 <= size) {
      std::memcpy(&eight, codes + index, 8);
    } else {
      std::memcpy(&eight, codes + index, size - index);
    }
    std::uint64_t digits = eight;
    for (std::uint32_t bit = 1; bit < digit_bits; ++bit) {
      digits |= (eight >> bit) & (0x0101010101010101 * (0xFFU >> bit));
    }
    active += static_cast<std::uint64_t>(std::popcount(digits & lowest));
  }
  return active;
}

/// @param words [bits, words_per_plane], replaced
void split_planes(const std::uint8_t* codes, std::size_t rows, std::uint32_t bits, std::uint64_t* words,
                  std::size_t words_per_plane) {
  const hn::CappedTag<std::uint8_t, 64> d8;
  for (std::size_t word = 0; word < words_per_plane; ++word) {
    alignas(64) std::uint8_t column[64] = {};
    std::memcpy(column, codes + word * 64, std::min<std::size_t>(64, rows - word * 64));
    for (std::uint32_t bit = 0; bit < bits; ++bit) {
      const auto selected = hn::Set(d8, static_cast<std::uint8_t>(1U << bit));
      std::uint8_t ones[64 / 8];
      for (std::size_t lane = 0; lane < 64; lane += hn::Lanes(d8)) {
        hn::StoreMaskBits(d8, hn::TestBit(hn::Load(d8, column + lane), selected), ones + lane / 8);
      }
      std::memcpy(words + bit * words_per_plane + word, ones, sizeof ones);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(count_digits);
HWY_EXPORT(split_planes);

std::uint64_t count_active_digits(std::span<const std::uint8_t> codes, std::uint32_t digit_bits) {
  std::uint64_t lowest = 0;
  for (std::uint32_t bit = 0; bit < 8; bit += digit_bits) {
    lowest |= std::uint64_t{0x0101010101010101} << bit;
  }
  return HWY_DYNAMIC_DISPATCH(count_digits)(codes.data(), codes.size(), digit_bits, lowest);
}

void BitPlanes::assign(std::span<const std::uint8_t> codes, std::uint32_t bits) {
  rows_ = static_cast<std::uint32_t>(codes.size());
  planes_ = bits;
  words_per_plane_ = (codes.size() + 63) / 64;
  words_.resize(planes_ * words_per_plane_);
  HWY_DYNAMIC_DISPATCH(split_planes)(codes.data(), codes.size(), bits, words_.data(), words_per_plane_);
}

}  // namespace sumline
#endif  // HWY_ONCE
