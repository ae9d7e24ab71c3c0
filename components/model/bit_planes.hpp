// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sumline {

/// Consecutive wordlines [begin, end) of one array.
struct RowRange {
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t size() const { return end - begin; }
  bool operator==(const RowRange&) const = default;
};

/// The bits of word `word` of a plane that stand for wordlines of `range`. @pre they meet
inline std::uint64_t wordline_bits(RowRange range, std::uint32_t word) {
  const std::uint32_t begin = range.begin > word * 64 ? range.begin - word * 64 : 0;
  const std::uint32_t past = (word + 1) * 64 > range.end ? (word + 1) * 64 - range.end : 0;
  return ~std::uint64_t{0} << begin & ~std::uint64_t{0} >> past;
}

/// Number of ones of `words` inside `range`. @param words bit k of word w = wordline 64 w + k
std::uint32_t count_ones(std::span<const std::uint64_t> words, RowRange range);

/// Digits of `digit_bits` bits, of all codes, that are not zero. @param digit_bits 1..8
std::uint64_t count_active_digits(std::span<const std::uint8_t> codes, std::uint32_t digit_bits);

/// Sparsity counts of a set of codes: how many have each bit set.
using BitCounts = std::array<std::uint32_t, 8>;

BitCounts count_bits(std::span<const std::uint8_t> codes);
/// The same of each pixel. @param codes [counts.size(), channels] @param counts replaced
void count_bits(std::span<const std::uint8_t> codes, std::size_t channels, std::span<BitCounts> counts);

/// Sum of the codes that have these counts, their bits masked. @pre it is below 2^32
inline std::uint32_t masked_sum(const BitCounts& counts, std::uint8_t mask) {
  std::uint32_t sum = 0;
  for (std::uint32_t bit = 0; bit < counts.size(); ++bit) sum += counts[bit] * (mask & (1U << bit));
  return sum;
}

/// The codes on an array's wordlines, taken apart into bit-planes, least significant first.
class BitPlanes {
 public:
  /// Re-usable: assign() keeps the storage. @param codes [rows], each below 2^bits @param bits 1..8
  void assign(std::span<const std::uint8_t> codes, std::uint32_t bits);

  std::uint32_t rows() const { return rows_; }
  std::uint32_t planes() const { return planes_; }
  std::size_t words_per_plane() const { return words_per_plane_; }
  /// Bit k of word w = that bit of the code on wordline 64 w + k; bits past the last wordline are zero.
  std::span<const std::uint64_t> plane(std::uint32_t index) const {
    return {words_.data() + index * words_per_plane_, words_per_plane_};
  }
  /// A bit of the code on one wordline.
  bool bit(std::uint32_t plane, std::uint32_t row) const {
    return (words_[plane * words_per_plane_ + row / 64] >> row % 64 & 1) != 0;
  }

 private:
  std::uint32_t rows_ = 0;
  std::uint32_t planes_ = 0;
  std::size_t words_per_plane_ = 0;
  std::vector<std::uint64_t> words_;
};

}  // namespace sumline
