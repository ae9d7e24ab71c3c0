// SPDX-License-Identifier: Apache-2.0
#include "components/model/byte_transpose.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "components/model/simd_targets.hpp"

namespace sumline {
namespace {

constexpr std::size_t kSide = 8;   ///< bytes of a word
constexpr std::size_t kLine = 64;  ///< of a cache, taken whole

/// Swaps the upper parts of `low` with the lower parts of `high`. @param mask the lower parts, `shift` bits each
void swap_parts(std::uint64_t& low, std::uint64_t& high, std::uint32_t shift, std::uint64_t mask) {
  const std::uint64_t difference = ((low >> shift) ^ high) & mask;
  high ^= difference;
  low ^= difference << shift;
}

/// Halves, quarters, then single bytes change places across the diagonal.
void transpose_square(const std::uint8_t* source, std::size_t source_stride, std::uint8_t* target,
                      std::size_t target_stride) {
  std::array<std::uint64_t, kSide> word;
  SUMLINE_UNROLL
  for (std::size_t row = 0; row < kSide; ++row) {
    std::memcpy(&word[row], source + row * source_stride, kSide);
  }
  SUMLINE_UNROLL
  for (std::size_t pair = 0; pair < 4; ++pair) {
    swap_parts(word[pair], word[pair + 4], 32, 0x00000000FFFFFFFF);
  }
  SUMLINE_UNROLL
  for (std::size_t pair = 0; pair < 4; ++pair) {
    swap_parts(word[pair + pair / 2 * 2], word[pair + pair / 2 * 2 + 2], 16, 0x0000FFFF0000FFFF);
  }
  SUMLINE_UNROLL
  for (std::size_t pair = 0; pair < 4; ++pair) {
    swap_parts(word[2 * pair], word[2 * pair + 1], 8, 0x00FF00FF00FF00FF);
  }
  SUMLINE_UNROLL
  for (std::size_t row = 0; row < kSide; ++row) {
    std::memcpy(target + row * target_stride, &word[row], kSide);
  }
}

}  // namespace

void transpose_bytes(const std::uint8_t* source, std::size_t source_stride, std::size_t rows,
                     std::size_t columns, std::uint8_t* target, std::size_t target_stride) {
  const std::size_t whole_rows = rows / kSide * kSide;
  const std::size_t whole_columns = columns / kSide * kSide;
  // Along the side whose lines are far apart, as they may meet in few sets of the cache.
  const bool along_source = source_stride > target_stride;
  const std::size_t length = along_source ? whole_columns : whole_rows;
  const std::size_t lines = along_source ? whole_rows : whole_columns;
  for (std::size_t strip = 0; strip < length; strip += kLine) {
    for (std::size_t line = 0; line < lines; line += kSide) {
      for (std::size_t byte = strip; byte < std::min(strip + kLine, length); byte += kSide) {
        const std::size_t row = along_source ? line : byte;
        const std::size_t column = along_source ? byte : line;
        transpose_square(source + row * source_stride + column, source_stride,
                         target + column * target_stride + row, target_stride);
      }
    }
  }
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t first = row < whole_rows ? whole_columns : 0;
    for (std::size_t column = first; column < columns; ++column) {
      target[column * target_stride + row] = source[row * source_stride + column];
    }
  }
}

}  // namespace sumline
