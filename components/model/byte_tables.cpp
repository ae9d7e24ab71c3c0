// SPDX-License-Identifier: Apache-2.0
#include "components/model/byte_tables.hpp"

#include <algorithm>

namespace sumline {
namespace {

constexpr std::uint32_t kRun = 16;
constexpr std::uint32_t kHalf = 128;
constexpr std::size_t kQuarter = 64;

/// Zero where bytes hold the table as it is, otherwise the value that centres it.
std::int32_t centre(std::span<const std::int32_t> table) {
  const auto [low, high] = std::minmax_element(table.begin(), table.end());
  if (*low >= INT8_MIN && *high <= INT8_MAX) {
    return 0;
  }
  return static_cast<std::int32_t>((std::int64_t{*low} + *high + 1) / 2);
}

}  // namespace

ByteTables::ByteTables(std::span<const std::int32_t> table)
    : base_(centre(table)),
      saturates_(std::all_of(table.begin() + static_cast<std::ptrdiff_t>(std::min(table.size(), kQuarter)),
                             table.end(),
                             [&table](std::int32_t code) { return code == table[kQuarter - 1]; })) {
  std::vector<std::uint32_t> rest(kEntries);
  for (std::size_t sum = 0; sum < kEntries; ++sum) {
    const std::int32_t value = table[std::min(sum, table.size() - 1)];
    rest[sum] = static_cast<std::uint32_t>(value) - static_cast<std::uint32_t>(base_);
  }
  do {
    for (std::uint32_t& value : rest) {
      const auto digit = static_cast<std::int8_t>(value & 0xFF);
      entries_.push_back(digit);
      value = static_cast<std::uint32_t>(
          static_cast<std::int32_t>(value - static_cast<std::uint32_t>(digit)) >> 8);
    }
  } while (digits() < 4 &&
           std::any_of(rest.begin(), rest.end(), [](std::uint32_t value) { return value != 0; }));

  differences_ = entries_;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (i % kHalf >= kRun) {
      differences_[i] = static_cast<std::int8_t>(entries_[i] ^ entries_[i - kRun]);
    }
  }
  for (auto half = differences_.begin(); half != differences_.end(); half += kHalf) {
    std::size_t used = kHalf;
    while (used > kRun && half[static_cast<std::ptrdiff_t>(used - 1)] == 0) {
      --used;
    }
    runs_.push_back((used + kRun - 1) / kRun);
  }
}

}  // namespace sumline
