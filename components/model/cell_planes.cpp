// SPDX-License-Identifier: Apache-2.0
#include "components/model/cell_planes.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "components/model/input_batch.hpp"
#include "energy/error.hpp"

namespace sumline {

CellPlanes::CellPlanes(std::span<const std::uint8_t> cells, std::uint32_t rows, std::uint32_t columns,
                       std::uint32_t cell_bits)
    : rows_(rows), columns_(columns), cell_bits_(cell_bits) {
  SUMLINE_ASSERT(rows >= 1 && rows <= 4096 && cell_bits >= 1 && cell_bits <= 4,
                 "1..4096 wordlines of 1..4 bit cells");
  SUMLINE_ASSERT(cells.size() == std::size_t{rows} * columns, "a crossbar needs rows * columns cells");
  std::vector<std::array<std::vector<std::uint16_t>, 4>> lists(columns);
  std::vector<bool> fits(columns);  // the matrix unit
  for (std::uint32_t column = 0; column < columns; ++column) {
    std::uint32_t sum = 0;
    for (std::uint32_t row = 0; row < rows; ++row) {
      const std::uint32_t cell = cells[std::size_t{row} * columns + column];
      SUMLINE_ASSERT(cell >> cell_bits == 0, "a cell holds more than its bits");
      sum += cell;
      for (std::uint32_t bit = 0; bit < cell_bits; ++bit) {
        if ((cell >> bit & 1) != 0) {
          lists[column][bit].push_back(static_cast<std::uint16_t>(row * (InputBatch::kGroup / kOffsetUnit)));
        }
      }
    }
    max_sum_ = std::max(max_sum_, sum);
    fits[column] = rows >= kFewestMatrixRows && rows <= kMatrixRows && sum <= kMatrixSum;
  }

  const auto key = [&lists, &fits](std::uint32_t column) {
    const auto& bits = lists[column];
    return std::array{std::size_t{!fits[column]}, bits[3].size(), bits[2].size(), bits[1].size(),
                      bits[0].size()};
  };
  order_.resize(columns);
  std::iota(order_.begin(), order_.end(), 0U);
  std::stable_sort(order_.begin(), order_.end(),
                   [&key](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });

  list_begin_.push_back(0);
  for (const std::uint32_t column : order_) {
    for (std::uint32_t bit = 0; bit < cell_bits; ++bit) {
      offsets_.insert(offsets_.end(), lists[column][bit].begin(), lists[column][bit].end());
      list_begin_.push_back(static_cast<std::uint32_t>(offsets_.size()));
    }
  }

  const auto fitting = static_cast<std::size_t>(std::count(fits.begin(), fits.end(), true));
  matrix_order_.assign(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(fitting / kMatrixColumns *
                                                                                    kMatrixColumns));
  std::sort(matrix_order_.begin(), matrix_order_.end());
  tiles_.resize(matrix_columns() / MatrixTile::kRows * 2);
  for (std::size_t index = 0; index < matrix_columns(); ++index) {
    for (std::uint32_t row = 0; row < rows; ++row) {
      MatrixTile& tile = tiles_[index / MatrixTile::kRows * 2 + row / MatrixTile::kRowBytes];
      tile.bytes[index % MatrixTile::kRows * MatrixTile::kRowBytes + row % MatrixTile::kRowBytes] =
          cells[std::size_t{row} * columns + matrix_column(index)];
    }
  }
}

}  // namespace sumline
