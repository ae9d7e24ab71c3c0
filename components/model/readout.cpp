// SPDX-License-Identifier: Apache-2.0
#include "components/model/readout.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "energy/error.hpp"

namespace sumline {

Readout Readout::saturating(std::uint32_t bits, std::uint32_t max_sum) {
  SUMLINE_ASSERT(bits >= 1 && bits <= 14, "a converter has 1 to 14 bits");
  const std::int32_t top = (std::int32_t{1} << bits) - 1;
  std::vector<std::int32_t> table(max_sum + 1);
  for (std::uint32_t sum = 0; sum <= max_sum; ++sum) {
    table[sum] = std::min(static_cast<std::int32_t>(sum), top);
  }
  return Readout(std::move(table));
}

Readout Readout::exact(std::uint32_t max_sum) {
  std::vector<std::int32_t> table(max_sum + 1);
  std::iota(table.begin(), table.end(), 0);
  return Readout(std::move(table));
}

std::uint64_t Readout::read(std::span<std::int32_t> sums) const {
  if (exact_up_to_ + 1 == table_.size()) {
    return 0;
  }
  std::int32_t largest = 0;
  for (const std::int32_t sum : sums) {
    largest = std::max(largest, sum);
  }
  if (static_cast<std::uint32_t>(largest) <= exact_up_to_) {
    return 0;
  }
  std::uint64_t changed = 0;
  for (std::int32_t& sum : sums) {
    const std::int32_t code = table_[static_cast<std::size_t>(sum)];
    changed += code != sum;
    sum = code;
  }
  return changed;
}

Readout::Readout(std::vector<std::int32_t> table) : table_(std::move(table)), exact_up_to_(0) {
  SUMLINE_ASSERT(!table_.empty() && table_[0] == 0, "a bitline without current reads zero");
  while (exact_up_to_ + 1 < table_.size() &&
         table_[exact_up_to_ + 1] == static_cast<std::int32_t>(exact_up_to_ + 1)) {
    ++exact_up_to_;
  }
}

}  // namespace sumline
