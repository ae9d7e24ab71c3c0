// SPDX-License-Identifier: Apache-2.0
#include "components/wordline_driver.hpp"

namespace sumline {

WordlineDriver::WordlineDriver(const sc_core::sc_module_name& name, const ArrayModel& array,
                               LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

void WordlineDriver::drive(std::uint32_t replica, const OuRead& read, DrivenWordlines& driven) {
  array_.drive(planes_[replica], read.digit, read.rows, driven);
  counter_.add(Action::wordline_activation, driven.size);
}

}  // namespace sumline
