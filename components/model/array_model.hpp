// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "components/model/bit_planes.hpp"
#include "components/model/exact_product.hpp"
#include "components/model/pac_rule.hpp"
#include "components/model/pair_products.hpp"
#include "components/model/read_counter.hpp"
#include "components/model/readout.hpp"
#include "components/model/slicing.hpp"
#include "components/model/wordline_groups.hpp"
#include "configs/accelerator.hpp"

/// One crossbar with its operation units and converters as pure arithmetic. Both engines compute with this
/// class; the SystemC modules walk the same reads one by one.
namespace sumline {

/// The part of a layer's digit matrix that one array holds. Its columns are numbered output * slices + slice,
/// in whichever order the bitlines stand.
struct ArrayRegion {
  RowRange rows;  ///< of the layer's weight matrix
  std::uint32_t column_begin;
  std::uint32_t column_end;
  bool operator==(const ArrayRegion&) const = default;
};

/// Bitlines [begin, end) that are read together.
struct ColumnBlock {
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t slice;  ///< that they hold; 0 where the layout mixes slices
};

/// A block with a bitline to convert in the reads of a group.
struct ReadBlock {
  ColumnBlock columns;
  std::uint32_t converted;  ///< bitlines: not those without a set cell, where they are skipped
};

class ArrayModel {
 public:
  /// @param weight_codes [outputs, layer_rows] of the whole layer
  /// @param rule which pairs of weight and input bits are read; nullptr = all
  ArrayModel(const Accelerator& accelerator, const ArrayRegion& region,
             std::span<const std::uint8_t> weight_codes, std::uint32_t layer_rows,
             const WeightSlicing& weights, const ActivationSlicing& activations,
             const PacRule* rule = nullptr);

  std::uint32_t rows() const { return region_.rows.size(); }
  std::uint32_t columns() const { return region_.column_end - region_.column_begin; }
  const ArrayRegion& region() const { return region_; }
  std::uint32_t first_output() const { return region_.column_begin / slices_; }
  std::uint32_t outputs() const { return (region_.column_end - 1) / slices_ - first_output() + 1; }
  /// The blocks that a read of these wordlines goes through. @param group as wordline_groups() makes it
  std::span<const ReadBlock> blocks(RowRange group) const { return read_blocks_[group.begin / ou_.rows]; }
  /// False where vectors of the class leave out the reads of this slice in this digit.
  bool reads(const ColumnBlock& block, std::uint32_t digit, std::size_t pac_class) const {
    return classes_.empty() || classes_[pac_class].contains(dropped_slices_ + block.slice, digit);
  }
  /// True where adder trees sum a read within its slot: nothing is held for a converter.
  bool sums_at_once() const { return sums_at_once_; }
  bool has_unit_column() const { return unit_column_; }
  /// True where no sum can exceed what the converter resolves, whatever the input: the readout is the
  /// identity.
  bool lossless() const { return lossless_; }

  /// accumulators[o] += what the array contributes to output first_output() + o for these codes, the readout
  /// included. Where a rule chooses pairs of bits: their products alone.
  /// @param codes [rows()] @param planes the same codes, split; of no use where lossless()
  /// @param accumulators [outputs()] @return saturated conversions
  std::uint64_t accumulate(std::span<const std::uint8_t> codes, const BitPlanes& planes,
                           std::span<std::int32_t> accumulators, std::size_t pac_class = 0) const;
  /// The readout's part of accumulate() alone: adds R(D) - D, weighted, for every conversion that changes D.
  std::uint64_t accumulate_losses(const BitPlanes& planes, std::span<std::int32_t> accumulators) const;

  /// Reads of this vector's digits in which a bitline may carry more than the converter resolves: an upper
  /// bound, from the cells of each group and the wordlines driven.
  std::uint32_t reads_that_may_lose(const BitPlanes& planes) const;
  /// False where no input makes the static group lose.
  bool group_may_lose(RowRange group) const;
  /// The largest magnitude of a sum that a bitline can carry in one read.
  std::int64_t largest_possible_sum() const;

  /// The reads, conversions and activations of one input vector.
  ArrayCounts count(const BitPlanes& planes, std::size_t pac_class = 0) const {
    return counter_.count(planes, pac_class);
  }
  /// True where the codes alone tell: every digit of every group is read, and takes the same.
  bool counted_by_codes() const { return counter_.dense() && classes_.empty(); }
  /// @pre counted_by_codes() @param codes [rows()]
  ArrayCounts count(std::span<const std::uint8_t> codes) const {
    return counter_.count_dense(1, activations_.count_active(codes));
  }
  const ReadCounter& counter() const { return counter_; }

  // One OU read, for the cycle-level engine. `digit` is the index of the input digit, 0 = least significant.

  /// Wordlines whose digit is not zero. @param active resized and replaced
  void active_wordlines(const BitPlanes& planes, std::uint32_t digit,
                        std::vector<std::uint64_t>& active) const;
  /// Puts a digit on the wordlines of `range`. @param driven room for all of them, replaced
  /// @return how many carry something
  std::uint32_t drive(const BitPlanes& planes, std::uint32_t digit, RowRange range,
                      std::span<DrivenWordline> driven) const;
  /// sums[c] of bitlines [column_begin, column_begin + sums.size()).
  void ou_sums(std::span<const DrivenWordline> driven, std::uint32_t column_begin,
               std::span<std::int32_t> sums) const;
  /// Sum of the digits of `range`: what a unit column carries, or what the digital correction adds up.
  std::uint32_t input_sum(const BitPlanes& planes, std::uint32_t digit, RowRange range) const;
  /// Adds one code of `column` to its output. @param accumulators [outputs()]
  void shift_and_add(std::uint32_t digit, std::uint32_t column, std::int32_t code,
                     std::span<std::int32_t> accumulators) const {
    accumulators[output_of_[column]] += coefficient_[column] * (code << (digit * activations_.digit_bits));
  }
  /// Adds bitlines, weighted by their slices, to their outputs. @param bitlines [columns()] codes summed over
  /// the digits
  /// @param accumulators [outputs()]
  void add_slices(std::span<const std::int32_t> bitlines, std::span<std::int32_t> accumulators) const {
    for (std::size_t column = 0; column < bitlines.size(); ++column) {
      accumulators[output_of_[column]] += coefficient_[column] * bitlines[column];
    }
  }
  /// Adds the correction for inputs that sum to `sum` over all digits: the encoding's constant and the
  /// flipped columns.
  void correct_offset(std::int32_t sum, std::span<std::int32_t> accumulators) const;
  /// The cells of one wordline as stored. @return [columns()]
  std::span<const std::int8_t> cells(std::uint32_t row) const {
    return {cells_.data() + std::size_t{row} * stride_, columns()};
  }
  std::uint32_t cell_bits() const { return static_cast<std::uint32_t>(std::bit_width(max_cell_)); }
  /// The output that the codes of a bitline are for, relative to first_output(), and their factor.
  std::uint32_t output_of(std::uint32_t column) const { return output_of_[column]; }
  std::int32_t coefficient(std::uint32_t column) const { return coefficient_[column]; }
  /// Factors of the input sum. @return [outputs()]
  std::span<const std::int32_t> correction() const { return correction_; }
  const Readout& readout() const { return readout_; }
  /// The largest magnitude of what one wordline adds to a sum.
  std::uint32_t full_product() const { return max_cell_ * activations_.max_digit(); }
  const ActivationSlicing& activations() const { return activations_; }
  const OuConfig& ou() const { return ou_; }
  bool corrects_offset() const { return corrects_offset_; }

 private:
  /// Programs the cells and what follows from a column's polarity.
  void store(std::span<const std::uint8_t> weight_codes, std::uint32_t layer_rows,
             const WeightSlicing& weights, const Accelerator& accelerator);
  void accumulate_pairs(std::span<const std::uint8_t> codes, std::span<std::int32_t> accumulators,
                        std::size_t pac_class) const;
  void lay_out_blocks(BitlineLayout layout);
  /// Number of a bitline in the layer's digit matrix.
  std::uint32_t global_column(std::uint32_t column, BitlineLayout layout) const;
  /// For a rule: how often each digit is read in each class.
  std::vector<DigitReads> digit_reads() const;
  /// Looks at the cells of every static group. @return what reading each takes
  std::vector<GroupReads> survey_groups();

  static constexpr std::uint32_t kLanes = 16;  ///< bitlines summed at a time
  template <class Lane>
  using Lanes = std::array<Lane, kLanes>;
  /// Sums of bitlines [column, column + kLanes).
  template <class Lane, bool kOnes>
  Lanes<Lane> sum_lanes(std::span<const DrivenWordline> driven, std::uint32_t column) const;
  /// Not inlined: together, the kinds of sums would save all registers for each of them.
  template <class Lane, bool kOnes>
  [[gnu::noinline]] void sum_bitlines(std::span<const DrivenWordline> driven, std::uint32_t column_begin,
                                      std::span<std::int32_t> sums) const;
  bool may_lose(const BitPlanes& planes, std::uint32_t digit, RowRange group) const;
  template <class Lane>
  std::uint64_t lose_group(const BitPlanes& planes, std::uint32_t digit, RowRange group,
                           std::span<std::int32_t> accumulators) const;
  std::uint64_t lose_unit(const BitPlanes& planes, std::uint32_t digit, RowRange group,
                          std::span<std::int32_t> accumulators) const;

  ArrayRegion region_;
  OuConfig ou_;
  ActivationSlicing activations_;
  std::uint32_t slices_;
  std::uint32_t dropped_slices_;
  std::vector<ExactPairs> classes_;  ///< pairs that are read, [class]; empty = all
  std::vector<ColumnBlock> blocks_;
  std::vector<std::vector<ReadBlock>> read_blocks_;  ///< [static groups]
  std::uint32_t max_cell_;
  bool sums_at_once_;
  bool unit_column_;
  bool corrects_offset_;
  std::uint32_t stride_;                   ///< columns rounded up to whole lanes
  std::vector<std::int8_t> cells_;         ///< [rows, stride] as stored, flipped columns inverted
  std::vector<std::uint32_t> output_of_;   ///< [columns], relative to first_output()
  std::vector<std::int32_t> coefficient_;  ///< [columns], negated where flipped
  std::vector<std::int32_t> correction_;   ///< [outputs], factor of the input sum
  std::vector<std::uint32_t>
      largest_sum_;  ///< [static groups]: magnitudes of the fullest bitline's cells, the unit column included
  ReadCounter counter_;
  Readout readout_;
  bool lossless_;
  bool ones_;               ///< a driven wordline carries 1
  std::uint32_t sum_bits_;  ///< that hold every sum, its sign included
  std::optional<ExactProduct>
      product_;  ///< with the integers the array stands for, [outputs, rows]; without a rule
  std::optional<PairProducts> pairs_;  ///< with a rule
};

}  // namespace sumline
