// SPDX-License-Identifier: Apache-2.0
#include "components/adc.hpp"

namespace sumline {

Adc::Adc(const sc_core::sc_module_name& name, const Readout& readout, LayerCounter counter)
    : sc_module(name), readout_(readout), counter_(counter) {}

const BitlineCodes& Adc::convert(const BitlineSums& bitlines) {
  codes_.codes = bitlines.sums;
  saturated_ += readout_.read(codes_.codes);
  counter_.add(Action::adc_conversion, bitlines.read.converted);
  if (bitlines.read.unit) {
    codes_.unit_code = static_cast<std::int32_t>(bitlines.unit_sum);
    saturated_ += readout_.read({&codes_.unit_code, 1});
    counter_.add(Action::unit_conversion, 1);
  }
  return codes_;
}

}  // namespace sumline
