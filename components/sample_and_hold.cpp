// SPDX-License-Identifier: Apache-2.0
#include "components/sample_and_hold.hpp"

#include "energy/error.hpp"

namespace sumline {

SampleAndHold::SampleAndHold(const sc_core::sc_module_name& name, const ArrayModel& array,
                             LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

BitlineSums& SampleAndHold::track(Store& store) const {
  SUMLINE_ASSERT(store.empty, "sums were sampled before the last ones were converted");
  return store.bitlines;
}

void SampleAndHold::sample(Store& store) const {
  store.empty = false;
  const OuRead& read = store.bitlines.read;
  counter_.add(Action::column_sample, read.converted + (read.unit ? 1U : 0U));
}

}  // namespace sumline
