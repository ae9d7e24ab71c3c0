// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/matrix_unit.hpp"

namespace sumline {

/// The cells of one crossbar (or of several that see the same inputs) in the forms that the batched kernels read:
/// lists of set wordlines, and tiles of a matrix unit.
class CellPlanes {
 public:
  /// @param cells [rows, columns], row-major, values 0..2^cell_bits-1 @param rows 1..4096 @param
  /// cell_bits 1..4
  CellPlanes(std::span<const std::uint8_t> cells, std::uint32_t rows, std::uint32_t columns,
             std::uint32_t cell_bits);

  std::uint32_t rows() const { return rows_; }
  std::uint32_t columns() const { return columns_; }
  std::uint32_t cell_bits() const { return cell_bits_; }
  /// The cells of the fullest column: no bitline sum of binary inputs is larger.
  std::uint32_t max_sum() const { return max_sum_; }

  /// The order in which many vectors meet the columns: those that fit the matrix unit first; then those with
  /// lists of equal lengths in a row, so that the branches which the lengths decide repeat. @param index
  /// 0..columns()-1
  std::uint32_t column(std::size_t index) const { return order_[index]; }
  /// Wordlines whose cell on column(index) has `bit` set, ascending; as the place of their input bits in an
  /// InputBatch, in units of kOffsetUnit bytes.
  std::span<const std::uint16_t> offsets(std::size_t index, std::uint32_t bit) const {
    const std::size_t list = index * cell_bits_ + bit;
    return {offsets_.data() + list_begin_[list], list_begin_[list + 1] - list_begin_[list]};
  }

  static constexpr std::size_t kOffsetUnit = 8;

  /// How many columns the matrix unit can read: whole groups of kMatrixColumns, of sums up to kMatrixSum; none unless
  /// there are kFewestMatrixRows..kMatrixRows wordlines. They are the first ones of column().
  std::size_t matrix_columns() const { return matrix_order_.size(); }
  /// The same columns, ascending.
  std::uint32_t matrix_column(std::size_t index) const { return matrix_order_[index]; }
  /// Their cells, in the order of matrix_column(): per group two tiles of 64 wordlines of 16 columns, then those of the
  /// other 16. A tile's rows are columns.
  const MatrixTile* tiles() const { return tiles_.data(); }

  static constexpr std::size_t kMatrixColumns = 32;
  static constexpr std::uint32_t kMatrixRows = 128;
  static constexpr std::uint32_t kFewestMatrixRows =
      80;  ///< fewer are counted faster beside a busy neighbour
  static constexpr std::uint32_t kMatrixSum = 127;

 private:
  std::uint32_t rows_;
  std::uint32_t columns_;
  std::uint32_t cell_bits_;
  std::uint32_t max_sum_ = 0;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint16_t> offsets_;
  std::vector<std::uint32_t> list_begin_;  ///< [columns * cell_bits + 1]
  std::vector<std::uint32_t> matrix_order_;
  std::vector<MatrixTile> tiles_;
};

}  // namespace sumline
