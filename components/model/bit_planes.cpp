// SPDX-License-Identifier: Apache-2.0
#include "components/model/bit_planes.hpp"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/bit_planes.cpp"
#include "components/model/simd_targets.hpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#ifndef SUMLINE_BIT_PLANES_CONSTANTS
#define SUMLINE_BIT_PLANES_CONSTANTS
namespace sumline {
inline constexpr std::uint64_t kEachByte = 0x0101010101010101;
}  // namespace sumline
#endif

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
      digits |= (eight >> bit) & (kEachByte * (0xFFU >> bit));
    }
    active += static_cast<std::uint64_t>(std::popcount(digits & lowest));
  }
  return active;
}

/// counts += those of one pixel.
void count_pixel(const std::uint8_t* codes, std::size_t channels, BitCounts& counts) {
  std::size_t index = 0;
#if HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128
  const hn::ScalableTag<std::uint8_t> d;
  for (; index + hn::Lanes(d) <= channels; index += hn::Lanes(d)) {
    const auto vector = hn::LoadU(d, codes + index);
    for (std::uint32_t bit = 0; bit < 8; ++bit) {
      const auto ones = hn::TestBit(vector, hn::Set(d, static_cast<std::uint8_t>(1U << bit)));
      counts[bit] += static_cast<std::uint32_t>(hn::CountTrue(d, ones));
    }
  }
#endif
  for (; index < channels; index += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, codes + index, channels - index < 8 ? channels - index : 8);
    for (std::uint32_t bit = 0; bit < 8; ++bit) {
      counts[bit] += static_cast<std::uint32_t>(std::popcount((eight >> bit) & kEachByte));
    }
  }
}

void count_pixels(const std::uint8_t* codes, std::size_t channels, BitCounts* counts, std::size_t pixels) {
  for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
    BitCounts sums{};
    count_pixel(codes + pixel * channels, channels, sums);
    counts[pixel] = sums;
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(count_digits);
HWY_EXPORT(count_pixels);

namespace {

/// Multiplying eight 0/1 bytes by this gathers them into the top byte, byte i to bit i.
constexpr std::uint64_t kGather = 0x0102040810204080;

}  // namespace

std::uint32_t count_ones(std::span<const std::uint64_t> words, RowRange range) {
  std::uint32_t ones = 0;
  for (std::uint32_t word = range.begin / 64; word * 64 < range.end; ++word) {
    ones += static_cast<std::uint32_t>(std::popcount(words[word] & wordline_bits(range, word)));
  }
  return ones;
}

std::uint64_t count_active_digits(std::span<const std::uint8_t> codes, std::uint32_t digit_bits) {
  std::uint64_t lowest = 0;
  for (std::uint32_t bit = 0; bit < 8; bit += digit_bits) {
    lowest |= kEachByte << bit;
  }
  return HWY_DYNAMIC_DISPATCH(count_digits)(codes.data(), codes.size(), digit_bits, lowest);
}

BitCounts count_bits(std::span<const std::uint8_t> codes) {
  BitCounts counts;
  HWY_DYNAMIC_DISPATCH(count_pixels)(codes.data(), codes.size(), &counts, 1);
  return counts;
}

void count_bits(std::span<const std::uint8_t> codes, std::size_t channels, std::span<BitCounts> counts) {
  HWY_DYNAMIC_DISPATCH(count_pixels)(codes.data(), channels, counts.data(), counts.size());
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
      const std::uint64_t gathered = (((eight >> bit) & kEachByte) * kGather) >> 56;
      words_[bit * words_per_plane_ + row / 64] |= gathered << (row % 64);
    }
  }
}

}  // namespace sumline
#endif  // HWY_ONCE
