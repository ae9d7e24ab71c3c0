// SPDX-License-Identifier: Apache-2.0
#include "components/sample_and_hold.hpp"

#include <utility>

#include "energy/error.hpp"

namespace sumline {

SampleAndHold::SampleAndHold(const sc_core::sc_module_name& name, LayerCounter counter)
    : sc_module(name), counter_(counter) {}

void SampleAndHold::sample(BitlineSums& bitlines) {
  SUMLINE_ASSERT(empty_, "sums were sampled before the last ones were converted");
  std::swap(held_, bitlines);
  empty_ = false;
  counter_.add(Action::column_sample, held_.read.converted + (held_.read.unit ? 1U : 0U));
}

}  // namespace sumline
