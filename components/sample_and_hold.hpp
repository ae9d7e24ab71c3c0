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
  /// @param array outlives the module
  SampleAndHold(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter);

  void add_replica();
  /// What follows the bitlines of a replica while nothing of it is held. @pre empty(replica)
  BitlineSums& track(std::uint32_t replica);
  /// Keeps what it tracks.
  void sample(std::uint32_t replica);
  bool empty(std::uint32_t replica) const { return replicas_[replica].empty; }
  /// @pre !empty(replica)
  BitlineSums& held(std::uint32_t replica) { return replicas_[replica].bitlines; }
  void release(std::uint32_t replica) { replicas_[replica].empty = true; }

 private:
  struct Replica {
    BitlineSums bitlines;
    bool empty;
  };
  const ArrayModel& array_;
  const LayerCounter counter_;
  std::vector<Replica> replicas_;
  std::vector<std::int32_t> sums_;  ///< [replicas, OU columns], those that the bitlines refer to
};

}  // namespace sumline
