// SPDX-License-Identifier: Apache-2.0
#include "components/model/batch_losses.hpp"

#include <algorithm>
#include <utility>

#include "components/model/byte_tables.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

/// @param unit adds a column of ones
CellPlanes cells_of(const ArrayModel& array, RowRange group, bool unit) {
  const std::uint32_t columns = array.columns() + (unit ? 1 : 0);
  std::vector<std::uint8_t> cells;
  cells.reserve(std::size_t{group.size()} * columns);
  for (std::uint32_t row = group.begin; row < group.end; ++row) {
    const auto stored = array.cells(row);
    cells.insert(cells.end(), stored.begin(), stored.end());
    if (unit) {
      cells.push_back(1);
    }
  }
  return CellPlanes(cells, group.size(), columns, array.cell_bits());
}

}  // namespace

bool BatchLosses::supports(const ArrayModel& array) {
  return array.ou().skipping != Skipping::compaction && array.activations().digit_bits == 1 &&
         !array.activations().has_sign && array.largest_possible_sum() < ByteTables::kEntries;
}

BatchLosses::BatchLosses(const ArrayModel& array) : outputs_(array.outputs()) {
  SUMLINE_ASSERT(supports(array), "an array that is read out in batches");
  std::vector<std::int32_t> losses = array.readout().table();
  std::vector<std::int32_t> loses(losses.size());
  for (std::size_t sum = 0; sum < losses.size(); ++sum) {
    losses[sum] -= static_cast<std::int32_t>(sum);
    loses[sum] = losses[sum] != 0 ? 1 : 0;
  }
  for (std::uint32_t column = 0; column < array.columns(); ++column) {
    targets_.push_back({array.output_of(column), array.coefficient(column)});
  }
  if (array.has_unit_column()) {
    targets_.push_back({static_cast<std::uint32_t>(outputs_), 1});
    correction_.assign(array.correction().begin(), array.correction().end());
  }
  for (std::uint32_t begin = 0; begin < array.rows(); begin += array.ou().rows) {
    const RowRange group{begin, std::min(begin + array.ou().rows, array.rows())};
    if (array.group_may_lose(group)) {
      CellPlanes cells = cells_of(array, group, array.has_unit_column());
      const std::size_t sums = cells.max_sum() + 1;
      groups_.push_back({array.region().rows.begin + begin, std::move(cells),
                         ReadoutTable(std::span(losses).first(sums)),
                         ReadoutTable(std::span(loses).first(sums))});
    }
  }
}

std::size_t BatchLosses::reads(std::size_t vectors, std::uint32_t planes) const {
  const std::size_t blocks = (vectors + InputBatch::kVectors - 1) / InputBatch::kVectors;
  return groups_.size() * blocks * InputBatch::kVectors * ((planes + 3) / 4 * 4);
}

std::uint64_t BatchLosses::accumulate(const InputBatch& inputs, std::span<std::int32_t> accumulators,
                                      std::size_t stride) const {
  std::vector<std::uint8_t> weights(inputs.planes());
  for (std::size_t plane = 0; plane < weights.size(); ++plane) {
    weights[plane] = static_cast<std::uint8_t>(1U << plane);
  }
  const bool unit = !correction_.empty();
  BatchAccumulators sums(inputs, outputs_ + (unit ? 1 : 0));
  for (const Group& group : groups_) {
    read_out(group.cells, inputs, group.first_row, group.losses, weights, targets_, sums);
  }
  for (std::size_t vector = 0; vector < inputs.count(); ++vector) {
    const std::int32_t unit_loss = unit ? sums.at(outputs_, vector) : 0;
    for (std::size_t output = 0; output < outputs_; ++output) {
      accumulators[vector * stride + output] +=
          sums.at(output, vector) + (unit ? correction_[output] * unit_loss : 0);
    }
  }
  return count(inputs);
}

/// The same read-outs once more, every loss for 1 and into one accumulator per vector.
std::uint64_t BatchLosses::count(const InputBatch& inputs) const {
  const std::vector<std::uint8_t> weights(inputs.planes(), 1);
  const std::vector<BitlineTarget> targets(targets_.size(), BitlineTarget{0, 1});
  BatchAccumulators counts(inputs, 1);
  for (const Group& group : groups_) {
    read_out(group.cells, inputs, group.first_row, group.loses, weights, targets, counts);
  }
  std::uint64_t count = 0;
  for (std::size_t vector = 0; vector < inputs.count(); ++vector) {
    count += static_cast<std::uint64_t>(counts.at(0, vector));
  }
  return count;
}

}  // namespace sumline
