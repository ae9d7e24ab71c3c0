// SPDX-License-Identifier: Apache-2.0
#include "components/shift_adder.hpp"

#include <algorithm>

namespace sumline {

ShiftAdder::ShiftAdder(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

void ShiftAdder::add(std::uint32_t replica, const BitlineSums& bitlines) {
  const std::uint32_t shift = bitlines.read.digit * array_.activations().digit_bits;
  const auto block = totals(replica).subspan(bitlines.read.column_begin, bitlines.sums.size());
  for (std::size_t index = 0; index < block.size(); ++index) {
    block[index] += bitlines.sums[index] << shift;
  }
  counter_.add(Action::shift_add, bitlines.read.converted);
}

void ShiftAdder::finish(std::uint32_t replica, std::span<std::int32_t> accumulators) {
  array_.add_slices(totals(replica), accumulators);
  std::ranges::fill(totals(replica), 0);
}

}  // namespace sumline
