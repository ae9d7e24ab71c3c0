// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

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
  SampleAndHold(const sc_core::sc_module_name& name, LayerCounter counter);

  /// What follows the bitlines while it is empty. @pre empty()
  BitlineSums& track();
  /// Keeps what it tracks.
  void sample();
  bool empty() const { return empty_; }
  /// @pre !empty()
  BitlineSums& held() { return held_; }
  void release() { empty_ = true; }

 private:
  const LayerCounter counter_;
  BitlineSums held_{};
  bool empty_ = true;
};

}  // namespace sumline
