// SPDX-License-Identifier: Apache-2.0
#include "components/shift_adder.hpp"

#include <algorithm>

namespace sumline {

ShiftAdder::ShiftAdder(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter), bitlines_(array.columns()) {}

void ShiftAdder::add(const OuRead& read, const BitlineCodes& codes) {
  const std::uint32_t shift = read.digit * array_.activations().digit_bits;
  std::int32_t* bitlines = bitlines_.data() + read.column_begin;
  for (std::size_t index = 0; index < codes.codes.size(); ++index) {
    bitlines[index] += codes.codes[index] << shift;
  }
  counter_.add(Action::shift_add, read.converted);
}

void ShiftAdder::finish(std::span<std::int32_t> accumulators) {
  array_.add_slices(bitlines_, accumulators);
  std::fill(bitlines_.begin(), bitlines_.end(), 0);
}

}  // namespace sumline
