// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Products of matrices of bits and of floats, y[r, n] += sum over k of bit[r, k] * x[k, n], by tables
/// (Arlazarov, Dinic, Kronrod and Faradzev 1970): the sums of all subsets of four consecutive terms k are
/// formed once, and every row adds one of them. Through Highway with run-time dispatch; terms are added in
/// the same order on every target, so that all give the same bits.
namespace sumline {

/// Bit b of word w of term k, words[w * word_stride + k * term_stride], is row 32 w + b.
struct BitWords {
  const std::uint32_t* words;
  std::size_t word_stride;
  std::size_t term_stride;
};

/// Rows of bits, in the order in which add_bit_products() reads them.
struct BitRows {
  static constexpr std::size_t kBlock = 8;  ///< rows whose sums are in registers together
  static constexpr std::size_t kGroup = 4;  ///< terms of a table

  std::size_t blocks = 0;
  std::size_t groups = 0;
  std::vector<std::uint16_t>
      places;  ///< [block, group, row of the block]: of its subset in the group's table

  std::size_t rows() const { return blocks * kBlock; }
};

/// @param matrices of `rows` rows each, one behind the other; each ends with zero rows up to a whole block
BitRows group_bits(std::span<const BitWords> matrices, std::size_t rows, std::size_t terms);

/// Lanes side by side: x[k, n] = values[k * stride + n].
struct LaneTerms {
  static constexpr std::size_t kLanes = 16;  ///< of one table

  const float* values;
  std::size_t stride;
  std::size_t terms;
  std::size_t lanes;  ///< a multiple of kLanes
};

/// Sums that receive bits * x: those of terms k go with the bits from group `first_group` on.
struct BitSums {
  const BitRows* bits;
  std::size_t first_group;
  float* sums;  ///< [bits->rows(), stride]
};

/// @param stride of all sums @param total [x.lanes], receives the sum of all terms
void add_bit_products(const LaneTerms& x, std::span<const BitSums> products, std::size_t stride,
                      float* total);

/// y[n, m] = x[m, n] for m < rows, rounded up to four.
void transpose_lanes(const float* x, std::size_t x_stride, std::size_t rows, std::size_t columns, float* y,
                     std::size_t y_stride);

}  // namespace sumline
