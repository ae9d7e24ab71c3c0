// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "components/crossbar.hpp"

namespace sumline {

/// What it keeps for one macro.
struct HeldSums {
  BitlineSums bitlines{};
  bool empty = true;
};

/// Keeps the bitlines of one OU read for the converter while the crossbar forms the next sums.
/// In:     the sums of one OU read.
/// Out:    the same sums, one slot later.
/// Time:   samples at the end of a slot.
/// Energy: one column_sample per bitline that will be converted.
/// Source: `bank.sample_and_hold.source` in the preset.
class SampleAndHold : public sc_core::sc_module {
 public:
  SampleAndHold(const sc_core::sc_module_name& name, LayerCounter counter);

  /// What follows the bitlines while nothing is held. @pre held.empty
  BitlineSums& track(HeldSums& held);
  /// Keeps what it tracks.
  void sample(HeldSums& held);

 private:
  const LayerCounter counter_;
};

}  // namespace sumline
