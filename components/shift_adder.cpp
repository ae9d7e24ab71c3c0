// SPDX-License-Identifier: Apache-2.0
#include "components/shift_adder.hpp"

#include <algorithm>

namespace sumline {

ShiftAdder::ShiftAdder(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter), totals_(array.columns()) {}

void ShiftAdder::add(const BitlineSums& bitlines) {
  const std::uint32_t shift = bitlines.read.digit * array_.activations().digit_bits;
  std::int32_t* totals = totals_.data() + bitlines.read.column_begin;
  for (std::size_t index = 0; index < bitlines.sums.size(); ++index) {
    totals[index] += bitlines.sums[index] << shift;
  }
  counter_.add(Action::shift_add, bitlines.read.converted);
}

void ShiftAdder::finish(std::span<std::int32_t> accumulators) {
  array_.add_slices(totals_, accumulators);
  std::fill(totals_.begin(), totals_.end(), 0);
}

}  // namespace sumline
