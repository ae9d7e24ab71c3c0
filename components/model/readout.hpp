// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

/// A static readout is a table over the integers a bitline can carry.
namespace sumline {

/// The sums a bitline can carry.
struct SumRange {
  std::int32_t lowest;   ///< 0, or -highest where cells and inputs have signs
  std::int32_t highest;  ///< above 0, or 0 where there is nothing to read
};

class Readout {
 public:
  /// An n-bit converter of step one that saturates: R(s) = min(s, 2^bits - 1), or, where sums have signs, s clipped
  /// to -2^(bits-1)..2^(bits-1) - 1. @param bits 1..14
  static Readout saturating(std::uint32_t bits, SumRange sums);

  /// Levels 2k - (2^bits - 1), k = 0..2^bits - 1, evenly over -full_scale..full_scale, both included; thresholds
  /// half-way. A sum on a threshold takes the level above, or below where bits = 1. Beyond the outermost levels the
  /// converter saturates. Source: the partial-sum quantiser of hpic-lab/BNN_IGA, which a sense amplifier (1 bit)
  /// and a flash converter realise. @param bits 1..8 @param full_scale in units of a sum, above 0
  static Readout staircase(std::uint32_t bits, std::int32_t full_scale, SumRange sums);

  /// An adder tree: R(s) = s.
  static Readout exact(SumRange sums);

  /// @param sum within the range of sums
  std::int32_t operator()(std::int32_t sum) const { return table_[static_cast<std::size_t>(sum - lowest_)]; }
  /// Replaces every sum by its code. @return how many saturated
  std::uint64_t read(std::span<std::int32_t> sums) const { return identity_ ? 0 : read_each(sums); }
  /// True for a sum beyond the outermost code, by half a step or more.
  bool saturates(std::int32_t sum) const { return sum < low_ || sum > high_; }
  /// True where no sum of its range saturates.
  bool never_saturates() const { return lowest_ >= low_ && highest() <= high_; }
  /// Codes of lowest()..highest().
  const std::vector<std::int32_t>& table() const { return table_; }
  std::int32_t lowest() const { return lowest_; }
  std::int32_t highest() const { return lowest_ + static_cast<std::int32_t>(table_.size()) - 1; }
  /// The largest L with R(s) = s for all sums -L <= s <= L: sums that cannot exceed it need no readout. -1 for a
  /// staircase, which changes even 0.
  std::int32_t exact_up_to() const { return exact_up_to_; }

 private:
  /// @param low, high sums that the converter resolves
  Readout(std::vector<std::int32_t> table, std::int32_t lowest, std::int32_t low, std::int32_t high);
  std::uint64_t read_each(std::span<std::int32_t> sums) const;

  std::vector<std::int32_t> table_;
  std::int32_t lowest_;
  std::int32_t low_;
  std::int32_t high_;
  std::int32_t exact_up_to_;
  bool identity_;  ///< R(s) = s for all sums of the range
};

/// What a workload for this converter counts.
Conversion conversion_of(const AdcConfig& adc);

/// The converter of `adc` behind bitlines that carry `sums`. @param full_product magnitude of a fully driven
/// wordline times a full cell
Readout make_readout(const AdcConfig& adc, SumRange sums, std::uint32_t full_product);

}  // namespace sumline
