// SPDX-License-Identifier: Apache-2.0
#include "components/crossbar.hpp"

namespace sumline {

Crossbar::Crossbar(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

void Crossbar::form_sums(const OuRead& read, const DrivenWordlines& driven, BitlineSums& bitlines) {
  bitlines.read = read;
  bitlines.sums = bitlines.sums.first(read.column_end - read.column_begin);
  array_.ou_sums(driven, read.column_begin, bitlines.sums);
  bitlines.unit_sum = read.unit ? driven.sum() : 0;
  const std::uint64_t read_bitlines = read.converted + (read.unit ? 1 : 0);
  counter_.add(Action::cell_activation, driven.size * read_bitlines);
  if (array_.sums_at_once()) {
    counter_.add(Action::cell_product, read.rows.size() * read_bitlines);
  }
}

}  // namespace sumline
