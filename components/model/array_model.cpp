// SPDX-License-Identifier: Apache-2.0
#include "components/model/array_model.hpp"

#include <algorithm>
#include <bit>

#include "energy/error.hpp"

namespace sumline {
namespace {

struct StoredCells {
  std::vector<std::uint8_t> cells;
  std::vector<bool> flipped;
};

/// Digits of the region, row-major; with `flip`, a column whose sum exceeds half scale is stored inverted.
StoredCells store(const ArrayRegion& region, std::span<const std::uint8_t> codes, std::uint32_t layer_rows,
                  const WeightSlicing& weights, std::uint32_t max_cell, bool flip) {
  const std::uint32_t rows = region.rows.size();
  const std::uint32_t columns = region.column_end - region.column_begin;
  const auto slices = static_cast<std::uint32_t>(weights.slices.size());
  StoredCells stored{std::vector<std::uint8_t>(std::size_t{rows} * columns), std::vector<bool>(columns, false)};
  for (std::uint32_t column = 0; column < columns; ++column) {
    const std::uint32_t global = region.column_begin + column;
    const auto& digit = weights.slices[global % slices].digit;
    const std::uint8_t* row_codes = codes.data() + std::size_t{global / slices} * layer_rows + region.rows.begin;
    std::uint64_t sum = 0;
    for (std::uint32_t row = 0; row < rows; ++row) {
      sum += digit[row_codes[row]];
    }
    stored.flipped[column] = flip && 2 * sum > std::uint64_t{rows} * max_cell;
    for (std::uint32_t row = 0; row < rows; ++row) {
      const std::uint32_t value = digit[row_codes[row]];
      stored.cells[std::size_t{row} * columns + column] =
          static_cast<std::uint8_t>(stored.flipped[column] ? max_cell - value : value);
    }
  }
  return stored;
}

/// The integer each (output, row) of the region stands for: its slices' digits and, where it holds slice 0, the constant.
IntegerMatrix stored_values(const ArrayRegion& region, std::span<const std::uint8_t> codes, std::uint32_t layer_rows,
                            const WeightSlicing& weights) {
  const auto slices = static_cast<std::uint32_t>(weights.slices.size());
  const std::uint32_t first = region.column_begin / slices;
  const std::uint32_t outputs = (region.column_end - 1) / slices - first + 1;
  const std::uint32_t rows = region.rows.size();
  std::vector<std::int16_t> values(std::size_t{outputs} * rows);
  for (std::uint32_t column = region.column_begin; column < region.column_end; ++column) {
    const WeightSlice& slice = weights.slices[column % slices];
    const std::int32_t constant = column % slices == 0 ? weights.constant : 0;
    const std::uint8_t* row_codes = codes.data() + std::size_t{column / slices} * layer_rows + region.rows.begin;
    std::int16_t* row_values = values.data() + std::size_t{column / slices - first} * rows;
    for (std::uint32_t row = 0; row < rows; ++row) {
      row_values[row] = static_cast<std::int16_t>(row_values[row] + slice.coefficient * slice.digit[row_codes[row]] + constant);
    }
  }
  return IntegerMatrix(values, outputs, rows);
}

}  // namespace

void wordline_groups(Skipping skipping, std::uint32_t height, std::span<const std::uint64_t> active, std::uint32_t rows,
                     std::vector<RowRange>& groups) {
  groups.clear();
  if (skipping == Skipping::compaction) {
    std::uint32_t in_group = 0;
    for (std::size_t word = 0; word < active.size(); ++word) {
      for (std::uint64_t bits = active[word]; bits != 0; bits &= bits - 1) {
        const auto row = static_cast<std::uint32_t>(word * 64) + static_cast<std::uint32_t>(std::countr_zero(bits));
        if (in_group == 0) {
          groups.push_back({row, row + 1});
        }
        groups.back().end = row + 1;
        in_group = in_group + 1 == height ? 0 : in_group + 1;
      }
    }
    return;
  }
  for (std::uint32_t begin = 0; begin < rows; begin += height) {
    const RowRange group{begin, std::min(begin + height, rows)};
    if (skipping == Skipping::none || count_ones(active, group) > 0) {
      groups.push_back(group);
    }
  }
}

ArrayModel::ArrayModel(const Accelerator& accelerator, const ArrayRegion& region,
                       std::span<const std::uint8_t> weight_codes, std::uint32_t layer_rows,
                       const WeightSlicing& weights, const ActivationSlicing& activations)
    : region_(region),
      ou_(accelerator.ou),
      activations_(activations),
      slices_(static_cast<std::uint32_t>(weights.slices.size())),
      max_cell_((1U << accelerator.array.cell_bits) - 1),
      unit_column_(false),
      corrects_offset_(weights.constant != 0 || accelerator.weights.flip),
      lossless_(false),
      readout_(Readout::saturating(accelerator.adc.bits, region.rows.size() * max_cell_ * activations.max_digit())),
      values_(stored_values(region, weight_codes, layer_rows, weights)) {
  unit_column_ = corrects_offset_ && accelerator.weights.correction == OffsetCorrection::unit_column;
  StoredCells stored = store(region, weight_codes, layer_rows, weights, max_cell_, accelerator.weights.flip);
  cells_ = std::move(stored.cells);
  correction_.assign(outputs(), 0);
  for (std::uint32_t column = 0; column < columns(); ++column) {
    const std::uint32_t global = region.column_begin + column;
    const std::int32_t coefficient = weights.slices[global % slices_].coefficient;
    output_of_.push_back(global / slices_ - first_output());
    coefficient_.push_back(stored.flipped[column] ? -coefficient : coefficient);
    correction_[output_of_[column]] += (global % slices_ == 0 ? weights.constant : 0) +
                                       (stored.flipped[column] ? coefficient * static_cast<std::int32_t>(max_cell_) : 0);
  }

  std::uint32_t largest_sum = unit_column_ ? std::min(rows(), ou_.rows) : 0;
  for (std::uint32_t begin = 0; begin < rows(); begin += ou_.rows) {
    const std::uint32_t end = std::min(begin + ou_.rows, rows());
    std::uint32_t zeros = 0;
    std::vector<bool> block_in_use(blocks(), false);
    for (std::uint32_t column = 0; column < columns(); ++column) {
      std::uint32_t sum = 0;
      for (std::uint32_t row = begin; row < end; ++row) {
        sum += cells_[std::size_t{row} * columns() + column];
      }
      zeros += sum == 0;
      block_in_use[column / ou_.columns] = block_in_use[column / ou_.columns] || sum != 0;
      largest_sum = std::max(largest_sum, sum);
    }
    zero_columns_.push_back(zeros);
    zero_blocks_.push_back(static_cast<std::uint32_t>(std::count(block_in_use.begin(), block_in_use.end(), false)));
  }
  if (ou_.skipping == Skipping::compaction) {  // any `ou.rows` wordlines may come together
    largest_sum = std::min(rows(), ou_.rows) * max_cell_;
  }
  lossless_ = largest_sum * activations_.max_digit() <= readout_.exact_up_to();
}

void ArrayModel::active_wordlines(const BitPlanes& planes, std::uint32_t digit,
                                  std::vector<std::uint64_t>& active) const {
  active.assign(planes.words_per_plane(), 0);
  const std::uint32_t first = digit * activations_.digit_bits;
  for (std::uint32_t plane = first; plane < std::min(first + activations_.digit_bits, planes.planes()); ++plane) {
    const auto words = planes.plane(plane);
    for (std::size_t word = 0; word < active.size(); ++word) {
      active[word] |= words[word];
    }
  }
}

void ArrayModel::ou_sums(const BitPlanes& planes, std::uint32_t digit, RowRange range, std::uint32_t column_begin,
                         std::span<std::int32_t> sums) const {
  std::fill(sums.begin(), sums.end(), 0);
  const std::uint32_t first = digit * activations_.digit_bits;
  for (std::uint32_t bit = 0; bit < activations_.digit_bits && first + bit < planes.planes(); ++bit) {
    const auto words = planes.plane(first + bit);
    for (std::uint32_t word = range.begin / 64; word * 64 < range.end; ++word) {
      std::uint64_t bits = words[word];
      if (word * 64 < range.begin) {
        bits &= ~std::uint64_t{0} << (range.begin - word * 64);
      }
      if (word * 64 + 64 > range.end) {
        bits &= ~std::uint64_t{0} >> (word * 64 + 64 - range.end);
      }
      for (; bits != 0; bits &= bits - 1) {
        const std::uint32_t row = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits));
        const std::uint8_t* cells = cells_.data() + std::size_t{row} * columns() + column_begin;
        for (std::size_t column = 0; column < sums.size(); ++column) {
          sums[column] += std::int32_t{cells[column]} << bit;
        }
      }
    }
  }
}

std::uint32_t ArrayModel::input_sum(const BitPlanes& planes, std::uint32_t digit, RowRange range) const {
  std::uint32_t sum = 0;
  const std::uint32_t first = digit * activations_.digit_bits;
  for (std::uint32_t bit = 0; bit < activations_.digit_bits && first + bit < planes.planes(); ++bit) {
    sum += count_ones(planes.plane(first + bit), range) << bit;
  }
  return sum;
}

bool ArrayModel::column_is_zero(RowRange range, std::uint32_t column) const {
  for (std::uint32_t row = range.begin; row < range.end; ++row) {
    if (cells_[std::size_t{row} * columns() + column] != 0) {
      return false;
    }
  }
  return true;
}

void ArrayModel::correct_offset(std::int32_t sum, std::span<std::int32_t> accumulators) const {
  for (std::size_t output = 0; output < correction_.size(); ++output) {
    accumulators[output] += correction_[output] * sum;
  }
}

std::uint64_t ArrayModel::accumulate(std::span<const std::uint8_t> codes, const BitPlanes& planes,
                                     std::span<std::int32_t> accumulators) const {
  std::vector<std::int32_t> products(outputs());
  multiply(values_, codes, 1, products);
  for (std::size_t output = 0; output < products.size(); ++output) {
    accumulators[output] += products[output];
  }
  return accumulate_losses(planes, accumulators);
}

std::uint64_t ArrayModel::accumulate_losses(const BitPlanes& planes, std::span<std::int32_t> accumulators) const {
  if (lossless_) {
    return 0;
  }
  std::uint64_t saturated = 0;
  std::vector<std::uint64_t> active;
  std::vector<RowRange> groups;
  for (std::uint32_t digit = 0; digit < activations_.digits; ++digit) {
    active_wordlines(planes, digit, active);
    wordline_groups(ou_.skipping, ou_.rows, active, rows(), groups);
    for (const RowRange& group : groups) {
      if (input_sum(planes, digit, group) * max_cell_ > readout_.exact_up_to()) {
        saturated += lose_group(planes, digit, group, accumulators);
      }
    }
  }
  return saturated;
}

std::uint64_t ArrayModel::lose_group(const BitPlanes& planes, std::uint32_t digit, RowRange range,
                                     std::span<std::int32_t> accumulators) const {
  std::uint64_t saturated = 0;
  std::vector<std::int32_t> sums(columns());
  ou_sums(planes, digit, range, 0, sums);
  for (std::uint32_t column = 0; column < columns(); ++column) {
    const std::int32_t loss = readout_(static_cast<std::uint32_t>(sums[column])) - sums[column];
    if (loss != 0) {
      shift_and_add(digit, column, loss, accumulators);
      ++saturated;
    }
  }
  if (unit_column_) {
    const std::uint32_t sum = input_sum(planes, digit, range);
    const std::int32_t loss = readout_(sum) - static_cast<std::int32_t>(sum);
    correct_offset(loss * (1 << (digit * activations_.digit_bits)), accumulators);
    saturated += loss != 0;
  }
  return saturated;
}

ArrayCounts ArrayModel::count(const BitPlanes& planes) const {
  ArrayCounts counts;
  std::vector<std::uint64_t> active;
  std::vector<RowRange> groups;
  for (std::uint32_t digit = 0; digit < activations_.digits; ++digit) {
    active_wordlines(planes, digit, active);
    wordline_groups(ou_.skipping, ou_.rows, active, rows(), groups);
    for (const RowRange& group : groups) {
      const std::size_t index = group.begin / ou_.rows;
      const std::uint32_t read_columns = columns() - (ou_.skip_zero_columns ? zero_columns_[index] : 0);
      const std::uint32_t read_blocks = blocks() - (ou_.skip_zero_columns ? zero_blocks_[index] : 0);
      const std::uint32_t driven = count_ones(active, group);
      counts.ou_reads += read_blocks;
      counts.conversions += read_columns;
      counts.unit_conversions += unit_column_ ? 1 : 0;
      counts.wordline_activations += std::uint64_t{driven} * read_blocks;
      counts.cell_activations += std::uint64_t{driven} * (read_columns + (unit_column_ ? 1 : 0));
    }
  }
  return counts;
}

}  // namespace sumline
