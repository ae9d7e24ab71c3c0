// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "components/model/bit_planes.hpp"
#include "components/model/partial_sums.hpp"
#include "components/model/readout.hpp"
#include "components/model/slicing.hpp"
#include "configs/accelerator.hpp"

/// One crossbar with its operation units and converters as pure arithmetic. Both engines compute with this class; the SystemC
/// modules walk the same reads one by one.
namespace sumline {

/// The part of a layer's digit matrix that one array holds. Bitlines are laid out output-major: column = output * slices + slice.
struct ArrayRegion {
  RowRange rows;               ///< of the layer's weight matrix
  std::uint32_t column_begin;
  std::uint32_t column_end;
  bool operator==(const ArrayRegion&) const = default;
};

/// What one input vector makes an array do.
struct ArrayCounts {
  std::uint64_t ou_reads = 0;
  std::uint64_t conversions = 0;
  std::uint64_t unit_conversions = 0;
  std::uint64_t wordline_activations = 0;
  std::uint64_t cell_activations = 0;
  bool operator==(const ArrayCounts&) const = default;
};

/// Wordline groups that are read for one input digit: static groups of `height` wordlines (none, zero_groups) or runs that hold
/// `height` active wordlines (compaction). @param active bit k = wordline k carries a non-zero digit @param groups replaced
void wordline_groups(Skipping skipping, std::uint32_t height, std::span<const std::uint64_t> active, std::uint32_t rows,
                     std::vector<RowRange>& groups);

class ArrayModel {
 public:
  /// @param weight_codes [outputs, layer_rows] of the whole layer
  ArrayModel(const Accelerator& accelerator, const ArrayRegion& region, std::span<const std::uint8_t> weight_codes,
             std::uint32_t layer_rows, const WeightSlicing& weights, const ActivationSlicing& activations);

  std::uint32_t rows() const { return region_.rows.size(); }
  std::uint32_t columns() const { return region_.column_end - region_.column_begin; }
  const ArrayRegion& region() const { return region_; }
  std::uint32_t first_output() const { return region_.column_begin / slices_; }
  std::uint32_t outputs() const { return (region_.column_end - 1) / slices_ - first_output() + 1; }
  std::uint32_t blocks() const { return (columns() + ou_.columns - 1) / ou_.columns; }
  bool has_unit_column() const { return unit_column_; }
  /// True where no sum can exceed what the converter resolves, whatever the input: the readout is the identity.
  bool lossless() const { return lossless_; }

  /// accumulators[o] += what the array contributes to output first_output() + o for these codes, the readout included.
  /// @param codes [rows()] @param planes the same codes @param accumulators [outputs()] @return saturated conversions
  std::uint64_t accumulate(std::span<const std::uint8_t> codes, const BitPlanes& planes,
                           std::span<std::int32_t> accumulators) const;
  /// The readout's part of accumulate() alone: adds R(D) - D, weighted, for every conversion that loses.
  std::uint64_t accumulate_losses(const BitPlanes& planes, std::span<std::int32_t> accumulators) const;

  /// The reads, conversions and activations of one input vector.
  ArrayCounts count(const BitPlanes& planes) const;

  // One OU read, for the cycle-level engine. `digit` is the index of the input digit, 0 = least significant.

  /// Wordlines whose digit is not zero. @param active resized and replaced
  void active_wordlines(const BitPlanes& planes, std::uint32_t digit, std::vector<std::uint64_t>& active) const;
  /// sums[c] of bitlines [column_begin, column_begin + sums.size()) with the wordlines of `range` driven.
  void ou_sums(const BitPlanes& planes, std::uint32_t digit, RowRange range, std::uint32_t column_begin,
               std::span<std::int32_t> sums) const;
  /// Sum of the digits of `range`: what a unit column carries, or what the digital correction adds up.
  std::uint32_t input_sum(const BitPlanes& planes, std::uint32_t digit, RowRange range) const;
  /// True where the cell of `column` is zero on every wordline of the static group that starts at `range.begin`.
  bool column_is_zero(RowRange range, std::uint32_t column) const;
  /// Adds one code of `column` to its output. @param accumulators [outputs()]
  void shift_and_add(std::uint32_t digit, std::uint32_t column, std::int32_t code,
                     std::span<std::int32_t> accumulators) const {
    accumulators[output_of_[column]] += coefficient_[column] * (code << (digit * activations_.digit_bits));
  }
  /// Adds the correction for inputs that sum to `sum` over all digits: the encoding's constant and the flipped columns.
  void correct_offset(std::int32_t sum, std::span<std::int32_t> accumulators) const;
  const Readout& readout() const { return readout_; }
  const ActivationSlicing& activations() const { return activations_; }
  const OuConfig& ou() const { return ou_; }
  bool corrects_offset() const { return corrects_offset_; }

 private:
  std::uint64_t lose_group(const BitPlanes& planes, std::uint32_t digit, RowRange range,
                           std::span<std::int32_t> accumulators) const;

  ArrayRegion region_;
  OuConfig ou_;
  ActivationSlicing activations_;
  std::uint32_t slices_;
  std::uint32_t max_cell_;
  bool unit_column_;
  bool corrects_offset_;
  bool lossless_;
  std::vector<std::uint8_t> cells_;          ///< [rows, columns] as stored, flipped columns inverted
  std::vector<std::uint32_t> output_of_;     ///< [columns], relative to first_output()
  std::vector<std::int32_t> coefficient_;    ///< [columns], negated where flipped
  std::vector<std::int32_t> correction_;     ///< [outputs], factor of the input sum
  std::vector<std::uint32_t> zero_columns_;  ///< [groups]: bitlines without any cell set
  std::vector<std::uint32_t> zero_blocks_;   ///< [groups]: column blocks without any cell set
  Readout readout_;
  IntegerMatrix values_;                     ///< [outputs, rows] the integers the array stands for
};

}  // namespace sumline
