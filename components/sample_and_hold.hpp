// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>
#include <vector>

#include "components/crossbar.hpp"

namespace sumline {

/// Keeps the bitlines of one OU read for the converter while the crossbar forms the next sums.
/// In:     the sums of one OU read.
/// Out:    the same sums, one slot later.
/// Time:   samples at the end of a slot.
/// Energy: one column_sample per bitline that will be converted.
/// Source: `bank.sample_and_hold.source` in the preset.
class SampleAndHold : public sc_core::sc_module {
 public:
  /// What it stores for one array.
  struct Store {
    BitlineSums bitlines;
    bool empty = true;
  };

  /// @param array outlives the module
  SampleAndHold(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter);

  Store make_store() const { return {{{}, std::vector<std::int32_t>(array_.ou().columns), 0}, true}; }
  /// What follows the bitlines while nothing is held. @pre store.empty
  BitlineSums& track(Store& store) const;
  /// Keeps what it tracks.
  void sample(Store& store) const;

 private:
  const ArrayModel& array_;
  const LayerCounter counter_;
};

}  // namespace sumline
