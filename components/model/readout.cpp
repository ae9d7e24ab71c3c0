// SPDX-License-Identifier: Apache-2.0
#include "components/model/readout.hpp"

#include <algorithm>
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

Readout::Readout(std::vector<std::int32_t> table) : table_(std::move(table)), exact_up_to_(0) {
  SUMLINE_ASSERT(!table_.empty() && table_[0] == 0, "a bitline without current reads zero");
  while (exact_up_to_ + 1 < table_.size() && table_[exact_up_to_ + 1] == static_cast<std::int32_t>(exact_up_to_ + 1)) {
    ++exact_up_to_;
  }
}

}  // namespace sumline
