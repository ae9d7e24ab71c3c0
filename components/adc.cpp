// SPDX-License-Identifier: Apache-2.0
#include "components/adc.hpp"

namespace sumline {

Adc::Adc(const sc_core::sc_module_name& name, const Readout& readout, LayerCounter counter)
    : sc_module(name), readout_(readout), counter_(counter) {}

std::uint64_t Adc::convert(BitlineSums& bitlines) const {
  std::uint64_t saturated = readout_.read(bitlines.sums());
  counter_.add(Action::adc_conversion, bitlines.read.converted);
  if (bitlines.read.unit) {
    saturated += readout_.read({&bitlines.unit_sum, 1});
    counter_.add(Action::unit_conversion, 1);
  }
  return saturated;
}

}  // namespace sumline
