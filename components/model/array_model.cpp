// SPDX-License-Identifier: Apache-2.0
#include "components/model/array_model.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "energy/error.hpp"

namespace sumline {
namespace {

/// The integer each (output, row) of the region stands for: its slices' digits and, where it holds slice 0,
/// the constant.
IntegerMatrix stored_values(const ArrayRegion& region, std::span<const std::uint8_t> codes,
                            std::uint32_t layer_rows, const WeightSlicing& weights) {
  const auto slices = static_cast<std::uint32_t>(weights.slices.size());
  const std::uint32_t first = region.column_begin / slices;
  const std::uint32_t outputs = (region.column_end - 1) / slices - first + 1;
  const std::uint32_t rows = region.rows.size();
  std::vector<std::int16_t> values(std::size_t{outputs} * rows);
  for (std::uint32_t column = region.column_begin; column < region.column_end; ++column) {
    const WeightSlice& slice = weights.slices[column % slices];
    const std::int32_t constant = column % slices == 0 ? weights.constant : 0;
    const std::uint8_t* row_codes =
        codes.data() + std::size_t{column / slices} * layer_rows + region.rows.begin;
    std::int16_t* row_values = values.data() + std::size_t{column / slices - first} * rows;
    for (std::uint32_t row = 0; row < rows; ++row) {
      row_values[row] = static_cast<std::int16_t>(row_values[row] +
                                                  slice.coefficient * slice.digit[row_codes[row]] + constant);
    }
  }
  return IntegerMatrix(values, outputs, rows);
}

/// [outputs, rows] weight codes of the region.
PairProducts stored_pairs(const ArrayRegion& region, std::span<const std::uint8_t> codes,
                          std::uint32_t layer_rows, std::uint32_t slices, const PacRule& rule) {
  const std::uint32_t first = region.column_begin / slices;
  const std::uint32_t outputs = region.column_end / slices - first;
  std::vector<std::uint8_t> stored;
  stored.reserve(std::size_t{outputs} * region.rows.size());
  for (std::uint32_t output = first; output < first + outputs; ++output) {
    const auto row = codes.subspan(std::size_t{output} * layer_rows + region.rows.begin, region.rows.size());
    stored.insert(stored.end(), row.begin(), row.end());
  }
  return PairProducts(stored, outputs, region.rows.size(), rule.classes);
}

/// The largest magnitude that a cell holds: all its levels, or, where it has a sign, the format's largest weight.
std::uint32_t largest_cell(const Accelerator& accelerator, const WeightSlicing& weights) {
  if (accelerator.weights.mapping != WeightMapping::signed_cells) {
    return (1U << accelerator.array.cell_bits) - 1;
  }
  std::int32_t largest = 0;
  for (const std::int8_t digit : weights.slices.front().digit) {
    largest = std::max(largest, std::abs(std::int32_t{digit}));
  }
  return static_cast<std::uint32_t>(largest);
}

/// The number on a wordline whose bits are planes [first, last).
std::int32_t magnitude(const BitPlanes& planes, std::uint32_t first, std::uint32_t last, std::uint32_t row) {
  std::int32_t value = 0;
  for (std::uint32_t plane = first; plane < last; ++plane) {
    value |= static_cast<std::int32_t>(planes.bit(plane, row)) << (plane - first);
  }
  return value;
}

SumRange sums_of(std::uint32_t wordlines, std::uint32_t max_cell, const ActivationSlicing& activations) {
  const auto highest = static_cast<std::int32_t>(wordlines * max_cell * activations.max_digit());
  return {activations.has_sign ? -highest : 0, highest};
}

}  // namespace

ArrayModel::ArrayModel(const Accelerator& accelerator, const ArrayRegion& region,
                       std::span<const std::uint8_t> weight_codes, std::uint32_t layer_rows,
                       const WeightSlicing& weights, const ActivationSlicing& activations,
                       const PacRule* rule)
    : region_(region),
      ou_(accelerator.ou),
      activations_(activations),
      slices_(static_cast<std::uint32_t>(weights.slices.size())),
      dropped_slices_(weights.dropped),
      classes_(rule == nullptr ? std::vector<ExactPairs>() : rule->classes),
      max_cell_(largest_cell(accelerator, weights)),
      sums_at_once_(accelerator.adc.readout == ReadoutKind::adder_tree),
      unit_column_(false),
      corrects_offset_(weights.constant != 0 || accelerator.weights.flip),
      stride_((columns() + kLanes - 1) / kLanes * kLanes),
      counter_(ou_, activations, rows(), {GroupReads{}}),
      readout_(make_readout(accelerator.adc, sums_of(std::min(rows(), ou_.rows), max_cell_, activations),
                            max_cell_ * activations.max_digit())),
      lossless_(false),
      ones_(activations.max_digit() == 1 && !activations.has_sign),
      sum_bits_(0) {
  const std::size_t last_output = (region.column_end - 1) / slices_;
  SUMLINE_ASSERT((last_output + 1) * layer_rows <= weight_codes.size(),
                 "the region holds outputs of the layer");
  if (rule == nullptr) {
    product_.emplace(stored_values(region, weight_codes, layer_rows, weights), activations.format);
  } else {
    pairs_ = stored_pairs(region, weight_codes, layer_rows, slices_, *rule);
  }
  lay_out_blocks(accelerator.array.layout);
  unit_column_ = corrects_offset_ && accelerator.weights.correction == OffsetCorrection::unit_column;
  store(weight_codes, layer_rows, weights, accelerator);
  counter_ = ReadCounter(ou_, activations_, rows(), survey_groups(), digit_reads());
  lossless_ = largest_possible_sum() <= readout_.exact_up_to();
  sum_bits_ =
      static_cast<std::uint32_t>(std::bit_width(static_cast<std::uint64_t>(largest_possible_sum()))) + 1;
}

void ArrayModel::lay_out_blocks(BitlineLayout layout) {
  const bool by_slice = layout == BitlineLayout::slice_major;
  const std::uint32_t run = by_slice ? outputs() : columns();
  for (std::uint32_t first = 0; first < columns(); first += run) {
    for (std::uint32_t begin = first; begin < first + run; begin += ou_.columns) {
      blocks_.push_back({begin, std::min(begin + ou_.columns, first + run), by_slice ? first / run : 0});
    }
  }
}

std::uint32_t ArrayModel::global_column(std::uint32_t column, BitlineLayout layout) const {
  switch (layout) {
    case BitlineLayout::output_major:
      return region_.column_begin + column;
    case BitlineLayout::slice_major:
      return region_.column_begin + column % outputs() * slices_ + column / outputs();
  }
  SUMLINE_ASSERT(false, "unknown layout");
}

std::vector<DigitReads> ArrayModel::digit_reads() const {
  std::vector<DigitReads> reads;
  for (const ExactPairs& pairs : classes_) {
    DigitReads& digits = reads.emplace_back(DigitReads{});
    for (std::uint32_t digit = activations_.first_digit; digit < activations_.digits; ++digit) {
      for (std::uint32_t slice = 0; slice < slices_; ++slice) {
        digits[digit] =
            static_cast<std::uint8_t>(digits[digit] + pairs.contains(dropped_slices_ + slice, digit));
      }
    }
  }
  return reads;
}

void ArrayModel::store(std::span<const std::uint8_t> weight_codes, std::uint32_t layer_rows,
                       const WeightSlicing& weights, const Accelerator& accelerator) {
  cells_.assign(std::size_t{rows()} * stride_ + kLanes, 0);  // lanes may reach beyond the last bitline
  correction_.assign(outputs(), 0);
  for (std::uint32_t column = 0; column < columns(); ++column) {
    const std::uint32_t global = global_column(column, accelerator.array.layout);
    const WeightSlice& slice = weights.slices[global % slices_];
    const auto codes =
        weight_codes.subspan(std::size_t{global / slices_} * layer_rows + region_.rows.begin, rows());
    std::uint64_t sum = 0;
    for (const std::uint8_t code : codes) {
      sum += static_cast<std::uint64_t>(slice.digit[code]);
    }
    const bool flipped = accelerator.weights.flip && 2 * sum > std::uint64_t{rows()} * max_cell_;
    for (std::uint32_t row = 0; row < rows(); ++row) {
      const std::int8_t digit = slice.digit[codes[row]];
      cells_[std::size_t{row} * stride_ + column] =
          flipped ? static_cast<std::int8_t>(static_cast<std::int32_t>(max_cell_) - digit) : digit;
    }
    output_of_.push_back(global / slices_ - first_output());
    coefficient_.push_back(flipped ? -slice.coefficient : slice.coefficient);
    correction_[output_of_[column]] +=
        (global % slices_ == 0 ? weights.constant : 0) +
        (flipped ? slice.coefficient * static_cast<std::int32_t>(max_cell_) : 0);
  }
}

std::vector<GroupReads> ArrayModel::survey_groups() {
  std::vector<GroupReads> reads;
  for (std::uint32_t begin = 0; begin < rows(); begin += ou_.rows) {
    const RowRange group{begin, std::min(begin + ou_.rows, rows())};
    std::uint32_t largest = unit_column_ ? group.size() : 0;
    std::vector<ReadBlock>& read_blocks = read_blocks_.emplace_back();
    GroupReads read{.units = unit_column_ ? 1U : 0U};
    for (const ColumnBlock& block : blocks_) {
      std::uint32_t used = 0;
      for (std::uint32_t column = block.begin; column < block.end; ++column) {
        std::uint32_t sum = 0;
        for (std::uint32_t row = group.begin; row < group.end; ++row) {
          sum += static_cast<std::uint32_t>(std::abs(cells_[std::size_t{row} * stride_ + column]));
        }
        largest = std::max(largest, sum);
        used += sum > 0 || !ou_.skip_zero_columns ? 1 : 0;
      }
      if (used > 0) {
        read_blocks.push_back({block, used});
      }
      if (classes_.empty() || block.slice == 0) {  // chosen pairs: all slices are read alike
        read.blocks += used > 0 ? 1 : 0;
        read.columns += used;
      }
    }
    read.products = sums_at_once_ ? group.size() * (read.columns + read.units) : 0;
    largest_sum_.push_back(largest);
    reads.push_back(read);
  }
  return reads;
}

std::int64_t ArrayModel::largest_possible_sum() const {
  const std::uint32_t largest =
      ou_.skipping == Skipping::compaction  // any `ou.rows` wordlines may come together
          ? std::min(rows(), ou_.rows) * max_cell_
          : *std::max_element(largest_sum_.begin(), largest_sum_.end());
  return std::int64_t{largest} * activations_.max_digit();
}

void ArrayModel::active_wordlines(const BitPlanes& planes, std::uint32_t digit,
                                  std::vector<std::uint64_t>& active) const {
  WordlineMask storage;
  const auto words = sumline::active_wordlines(planes, activations_, digit, storage);
  active.assign(words.begin(), words.end());
}

std::uint32_t ArrayModel::drive(const BitPlanes& planes, std::uint32_t digit, RowRange range,
                                std::span<DrivenWordline> driven) const {
  const std::uint32_t magnitude_planes = planes.planes() - (activations_.has_sign ? 1 : 0);
  const std::uint32_t first = digit * activations_.digit_bits;
  const std::uint32_t last = std::min(first + activations_.digit_bits, magnitude_planes);
  std::uint32_t size = 0;
  for (std::uint32_t word = range.begin / 64; word * 64 < range.end; ++word) {
    std::uint64_t active = 0;
    for (std::uint32_t plane = first; plane < last; ++plane) {
      active |= planes.plane(plane)[word];
    }
    for (active &= wordline_bits(range, word); active != 0; active &= active - 1) {
      const std::uint32_t row = word * 64 + static_cast<std::uint32_t>(std::countr_zero(active));
      std::int32_t value = 1;
      if (!ones_) {
        value = magnitude(planes, first, last, row);
        value = activations_.has_sign && planes.bit(last, row) ? -value : value;
      }
      driven[size++] = {static_cast<std::uint16_t>(row), static_cast<std::int16_t>(value)};
    }
  }
  return size;
}

template <class Lane, bool kOnes>
auto ArrayModel::sum_lanes(std::span<const DrivenWordline> driven, std::uint32_t column) const
    -> Lanes<Lane> {
  Lanes<Lane> sums{};
  for (const DrivenWordline& line : driven) {
    const std::int8_t* cells = cells_.data() + std::size_t{line.row} * stride_ + column;
    for (std::uint32_t lane = 0; lane < kLanes; ++lane) {
      sums[lane] = static_cast<Lane>(sums[lane] + cells[lane] * (kOnes ? 1 : line.digit));
    }
  }
  return sums;
}

template <class Lane, bool kOnes>
void ArrayModel::sum_bitlines(std::span<const DrivenWordline> driven, std::uint32_t column_begin,
                              std::span<std::int32_t> sums) const {
  for (; sums.size() >= kLanes; sums = sums.subspan(kLanes), column_begin += kLanes) {
    const auto lanes = sum_lanes<Lane, kOnes>(driven, column_begin);
    std::copy_n(lanes.begin(), kLanes, sums.begin());
  }
  if (!sums.empty()) {
    const auto lanes = sum_lanes<Lane, kOnes>(driven, column_begin);
    std::copy_n(lanes.begin(), sums.size(), sums.begin());
  }
}

void ArrayModel::ou_sums(std::span<const DrivenWordline> driven, std::uint32_t column_begin,
                         std::span<std::int32_t> sums) const {
  if (ones_ && sum_bits_ <= 8) {
    sum_bitlines<std::int8_t, true>(driven, column_begin, sums);
  } else if (sum_bits_ <= 16) {
    sum_bitlines<std::int16_t, false>(driven, column_begin, sums);
  } else {
    sum_bitlines<std::int32_t, false>(driven, column_begin, sums);
  }
}

std::uint32_t ArrayModel::input_sum(const BitPlanes& planes, std::uint32_t digit, RowRange range) const {
  return sum_digits(planes, activations_, digit, range);
}

void ArrayModel::correct_offset(std::int32_t sum, std::span<std::int32_t> accumulators) const {
  for (std::size_t output = 0; output < correction_.size(); ++output) {
    accumulators[output] += correction_[output] * sum;
  }
}

std::uint64_t ArrayModel::accumulate(std::span<const std::uint8_t> codes, const BitPlanes& planes,
                                     std::span<std::int32_t> accumulators, std::size_t pac_class) const {
  if (pairs_) {
    accumulate_pairs(codes, accumulators, pac_class);
    return 0;
  }
  std::vector<std::int32_t> products(outputs());
  product_->multiply(codes, 1, products);
  for (std::size_t output = 0; output < products.size(); ++output) {
    accumulators[output] += products[output];
  }
  return accumulate_losses(planes, accumulators);
}

void ArrayModel::accumulate_pairs(std::span<const std::uint8_t> codes, std::span<std::int32_t> accumulators,
                                  std::size_t pac_class) const {
  std::vector<std::uint8_t> window(pairs_->window_stride(), 0);
  std::copy(codes.begin(), codes.end(), window.begin());
  std::vector<std::int32_t> products(pairs_->padded_outputs(), 0);
  std::vector<std::int8_t> digits;
  const std::uint8_t* const windows[]{window.data()};
  std::int32_t* const sums[]{products.data()};
  pairs_->add(windows, pac_class, digits, sums);
  for (std::size_t output = 0; output < accumulators.size(); ++output) {
    accumulators[output] += products[output];
  }
}

std::uint64_t ArrayModel::accumulate_losses(const BitPlanes& planes,
                                            std::span<std::int32_t> accumulators) const {
  if (lossless_) {
    return 0;
  }
  std::uint64_t saturated = 0;
  WordlineMask storage;
  for (std::uint32_t digit = 0; digit < activations_.digits; ++digit) {
    const auto active = sumline::active_wordlines(planes, activations_, digit, storage);
    for_each_group(ou_.skipping, ou_.rows, active, rows(), [&](RowRange group) {
      if (may_lose(planes, digit, group)) {
        saturated += sum_bits_ <= 16 ? lose_group<std::int16_t>(planes, digit, group, accumulators)
                                     : lose_group<std::int32_t>(planes, digit, group, accumulators);
      }
    });
  }
  return saturated;
}

std::uint32_t ArrayModel::reads_that_may_lose(const BitPlanes& planes) const {
  std::uint32_t reads = 0;
  WordlineMask storage;
  for (std::uint32_t digit = 0; digit < activations_.digits; ++digit) {
    const auto active = sumline::active_wordlines(planes, activations_, digit, storage);
    for_each_group(ou_.skipping, ou_.rows, active, rows(),
                   [&](RowRange group) { reads += may_lose(planes, digit, group) ? 1 : 0; });
  }
  return reads;
}

bool ArrayModel::group_may_lose(RowRange group) const {
  return std::int64_t{largest_sum_[group.begin / ou_.rows]} * activations_.max_digit() >
         readout_.exact_up_to();
}

/// Two bounds from above: every driven cell full, or every wordline of the group driven.
bool ArrayModel::may_lose(const BitPlanes& planes, std::uint32_t digit, RowRange group) const {
  return (ou_.skipping == Skipping::compaction || group_may_lose(group)) &&
         std::int64_t{input_sum(planes, digit, group)} * max_cell_ > readout_.exact_up_to();
}

template <class Lane>
std::uint64_t ArrayModel::lose_group(const BitPlanes& planes, std::uint32_t digit, RowRange group,
                                     std::span<std::int32_t> accumulators) const {
  std::array<DrivenWordline, kMaxWordlines> storage;
  const auto driven = std::span(storage).first(drive(planes, digit, group, storage));
  const std::int32_t exact = readout_.exact_up_to();
  std::uint64_t saturated = 0;
  for (std::uint32_t block = 0; block < columns(); block += kLanes) {
    const Lanes<Lane> sums = sum_lanes<Lane, false>(driven, block);
    const std::uint32_t lanes = std::min(kLanes, columns() - block);
    for (std::uint32_t lane = 0; lane < lanes; ++lane) {
      const std::int32_t sum = sums[lane];
      if (std::abs(sum) > exact) {
        shift_and_add(digit, block + lane, readout_(sum) - sum, accumulators);
        saturated += readout_.saturates(sum) ? 1 : 0;
      }
    }
  }
  return saturated + (unit_column_ ? lose_unit(planes, digit, group, accumulators) : 0);
}

std::uint64_t ArrayModel::lose_unit(const BitPlanes& planes, std::uint32_t digit, RowRange group,
                                    std::span<std::int32_t> accumulators) const {
  const auto sum = static_cast<std::int32_t>(input_sum(planes, digit, group));
  const std::int32_t loss = readout_(sum) - sum;
  correct_offset(loss * (1 << (digit * activations_.digit_bits)), accumulators);
  return loss != 0 ? 1 : 0;
}

}  // namespace sumline
