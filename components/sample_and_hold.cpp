// SPDX-License-Identifier: Apache-2.0
#include "components/sample_and_hold.hpp"

#include "energy/error.hpp"

namespace sumline {

SampleAndHold::SampleAndHold(const sc_core::sc_module_name& name, LayerCounter counter)
    : sc_module(name), counter_(counter) {}

BitlineSums& SampleAndHold::track(HeldSums& held) {
  SUMLINE_ASSERT(held.empty, "sums were sampled before the last ones were converted");
  return held.bitlines;
}

void SampleAndHold::sample(HeldSums& held) {
  held.empty = false;
  counter_.add(Action::column_sample, held.bitlines.read.converted + (held.bitlines.read.unit ? 1U : 0U));
}

}  // namespace sumline
