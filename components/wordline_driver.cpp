// SPDX-License-Identifier: Apache-2.0
#include "components/wordline_driver.hpp"

namespace sumline {

WordlineDriver::WordlineDriver(const sc_core::sc_module_name& name, const ArrayModel& array,
                               LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

void WordlineDriver::drive(const BitPlanes& planes, const OuRead& read, DrivenWordlines& driven) {
  array_.drive(planes, read.digit, read.rows, driven);
  counter_.add(Action::wordline_activation, driven.size);
}

}  // namespace sumline
