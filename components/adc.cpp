// SPDX-License-Identifier: Apache-2.0
#include "components/adc.hpp"

namespace sumline {

Adc::Adc(const sc_core::sc_module_name& name, const Readout& readout, LayerCounter counter)
    : sc_module(name), readout_(readout), counter_(counter) {}

const BitlineCodes& Adc::convert(const BitlineSums& bitlines) {
  const OuRead& read = bitlines.read;
  codes_.codes.resize(read.converted.size());
  for (std::size_t index = 0; index < read.converted.size(); ++index) {
    codes_.codes[index] =
        code(static_cast<std::uint32_t>(bitlines.sums[read.converted[index] - read.column_begin]));
  }
  counter_.add(Action::adc_conversion, read.converted.size());
  if (read.unit) {
    codes_.unit_code = code(bitlines.unit_sum);
    counter_.add(Action::unit_conversion, 1);
  }
  return codes_;
}

std::int32_t Adc::code(std::uint32_t sum) {
  const std::int32_t value = readout_(sum);
  saturated_ += value != static_cast<std::int32_t>(sum);
  return value;
}

}  // namespace sumline
