// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// A static readout is a table over the integers a bitline can carry.
namespace sumline {

class Readout {
 public:
  /// An n-bit converter of step one that saturates: R(s) = min(s, 2^bits - 1). @param bits 1..14
  static Readout saturating(std::uint32_t bits, std::uint32_t max_sum);

  /// An adder tree: R(s) = s.
  static Readout exact(std::uint32_t max_sum);

  /// @param sum 0..max_sum
  std::int32_t operator()(std::uint32_t sum) const { return table_[sum]; }
  /// Replaces every sum by its code. @return how many changed
  std::uint64_t read(std::span<std::int32_t> sums) const;
  const std::vector<std::int32_t>& table() const { return table_; }
  /// The largest L with R(s) = s for all s <= L: sums that cannot exceed it need no readout.
  std::uint32_t exact_up_to() const { return exact_up_to_; }

 private:
  explicit Readout(std::vector<std::int32_t> table);

  std::vector<std::int32_t> table_;
  std::uint32_t exact_up_to_;
};

}  // namespace sumline
