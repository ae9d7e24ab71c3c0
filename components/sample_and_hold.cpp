// SPDX-License-Identifier: Apache-2.0
#include "components/sample_and_hold.hpp"

#include "energy/error.hpp"

namespace sumline {

SampleAndHold::SampleAndHold(const sc_core::sc_module_name& name, const ArrayModel& array,
                             LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

void SampleAndHold::add_replica() {
  replicas_.push_back({.bitlines = {}, .empty = true});
  sums_.resize(replicas_.size() * array_.ou().columns);
}

BitlineSums& SampleAndHold::track(std::uint32_t replica) {
  SUMLINE_ASSERT(empty(replica), "sums were sampled before the last ones were converted");
  const std::size_t columns = array_.ou().columns;
  BitlineSums& bitlines = replicas_[replica].bitlines;
  bitlines.sums = std::span(sums_).subspan(replica * columns, columns);
  return bitlines;
}

void SampleAndHold::sample(std::uint32_t replica) {
  Replica& state = replicas_[replica];
  state.empty = false;
  counter_.add(Action::column_sample, state.bitlines.read.converted + (state.bitlines.read.unit ? 1U : 0U));
}

}  // namespace sumline
