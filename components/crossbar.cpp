// SPDX-License-Identifier: Apache-2.0
#include "components/crossbar.hpp"

#include <numeric>

namespace sumline {
namespace {

/// What the cells of a unit column add up to, one in each.
std::int32_t sum_of(std::span<const DrivenWordline> driven) {
  return std::transform_reduce(driven.begin(), driven.end(), std::int32_t{0}, std::plus<>(),
                               [](const DrivenWordline& line) { return line.digit; });
}

}  // namespace

Crossbar::Crossbar(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

void Crossbar::form_sums(const OuRead& read, std::span<const DrivenWordline> driven,
                         BitlineSums& bitlines) const {
  bitlines.read = read;
  array_.ou_sums(driven, read.column_begin, bitlines.sums());
  bitlines.unit_sum = read.unit ? sum_of(driven) : 0;
  const std::uint64_t read_bitlines = read.converted + (read.unit ? 1 : 0);
  counter_.add(Action::cell_activation, driven.size() * read_bitlines);
  if (array_.sums_at_once()) {
    counter_.add(Action::cell_product, read.rows.size() * read_bitlines);
  }
}

}  // namespace sumline
