// SPDX-License-Identifier: Apache-2.0
#include "components/shift_adder.hpp"

#include <algorithm>

namespace sumline {

ShiftAdder::ShiftAdder(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

void ShiftAdder::add(const BitlineSums& bitlines, std::span<std::int32_t> totals) {
  const std::uint32_t shift = bitlines.read.digit * array_.activations().digit_bits;
  const auto block = totals.subspan(bitlines.read.column_begin, bitlines.sums.size());
  for (std::size_t index = 0; index < block.size(); ++index) {
    block[index] += bitlines.sums[index] << shift;
  }
  counter_.add(Action::shift_add, bitlines.read.converted);
}

void ShiftAdder::finish(std::span<std::int32_t> totals, std::span<std::int32_t> accumulators) {
  array_.add_slices(totals, accumulators);
  std::ranges::fill(totals, 0);
}

}  // namespace sumline
