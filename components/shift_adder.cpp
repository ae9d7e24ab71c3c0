// SPDX-License-Identifier: Apache-2.0
#include "components/shift_adder.hpp"

#include <algorithm>

namespace sumline {

ShiftAdder::ShiftAdder(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

void ShiftAdder::add(BitlineSums& bitlines, Store& totals) const {
  const std::uint32_t shift = bitlines.read.digit * array_.activations().digit_bits;
  const auto codes = bitlines.sums();
  std::int32_t* const block = totals.data() + bitlines.read.column_begin;
#pragma GCC ivdep
  for (std::size_t index = 0; index < codes.size(); ++index) {
    block[index] += codes[index] << shift;
  }
  counter_.add(Action::shift_add, bitlines.read.converted);
}

void ShiftAdder::finish(Store& totals, std::span<std::int32_t> accumulators) const {
  array_.add_slices(totals, accumulators);
  std::ranges::fill(totals, 0);
}

}  // namespace sumline
