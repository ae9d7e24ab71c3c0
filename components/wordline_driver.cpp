// SPDX-License-Identifier: Apache-2.0
#include "components/wordline_driver.hpp"

namespace sumline {

WordlineDriver::WordlineDriver(const sc_core::sc_module_name& name, const ArrayModel& array,
                               LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

std::span<const DrivenWordline> WordlineDriver::drive(const OuRead& read, Store& store) const {
  if (read.first_block) {
    store.size = array_.drive(store.planes, read.digit, read.rows, store.driven);
  }
  counter_.add(Action::wordline_activation, store.size);
  return std::span(store.driven).first(store.size);
}

}  // namespace sumline
