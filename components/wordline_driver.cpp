// SPDX-License-Identifier: Apache-2.0
#include "components/wordline_driver.hpp"

namespace sumline {

WordlineDriver::WordlineDriver(const sc_core::sc_module_name& name, const ArrayModel& array,
                               LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

std::span<const DrivenWordline> WordlineDriver::drive(std::uint32_t replica, const OuRead& read) {
  Replica& state = replicas_[replica];
  if (read.first) {
    state.driven = array_.drive(state.planes, read.digit, read.rows, state.wordlines);
  }
  counter_.add(Action::wordline_activation, state.driven);
  return std::span(state.wordlines).first(state.driven);
}

}  // namespace sumline
