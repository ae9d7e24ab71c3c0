// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sumline {

/// A readout table as signed bytes, for lookups inside vector registers:
/// table[s] = base + sum over i of 256^i * digit_i[s], modulo 2^32, for s below 256.
class ByteTables {
 public:
  static constexpr std::uint32_t kEntries = 256;

  /// @param table the entries used, 1..256 of them
  explicit ByteTables(std::span<const std::int32_t> table);

  std::int32_t base() const { return base_; }
  std::uint32_t digits() const { return static_cast<std::uint32_t>(entries_.size() / kEntries); }
  /// [kEntries]
  const std::int8_t* entries(std::uint32_t digit) const { return entries_.data() + digit * kEntries; }
  /// The same in runs of 16, each but the first of a half table as exclusive or with the run before: XOR-ing
  /// the lookups in all runs up to the right one leaves its entry.
  const std::int8_t* differences(std::uint32_t digit) const { return differences_.data() + digit * kEntries; }

  /// Runs of a half table after which nothing changes any more. @param half 0 or 1
  std::size_t runs(std::uint32_t digit, std::uint32_t half) const { return runs_[2 * digit + half]; }

  /// True if nothing changes from entry 63 on: converters of up to six bits. Sums may then be clamped to 63.
  bool saturates() const { return saturates_; }

 private:
  std::int32_t base_;
  bool saturates_;
  std::vector<std::int8_t> entries_;
  std::vector<std::int8_t> differences_;
  std::vector<std::size_t> runs_;  ///< [digits][2]
};

}  // namespace sumline
