// SPDX-License-Identifier: Apache-2.0
#include "components/shift_adder.hpp"

namespace sumline {

ShiftAdder::ShiftAdder(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

void ShiftAdder::add(const OuRead& read, const BitlineCodes& codes, std::span<std::int32_t> accumulators) {
  for (std::size_t index = 0; index < codes.codes.size(); ++index) {
    array_.shift_and_add(read.digit, read.converted[index], codes.codes[index], accumulators);
  }
  counter_.add(Action::shift_add, codes.codes.size());
}

}  // namespace sumline
