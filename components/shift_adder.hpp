// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>
#include <vector>

#include "components/adc.hpp"

namespace sumline {

/// Weights codes by the place value of their input digit and adds them up bitline by bitline; after the last
/// read of an input vector, weights the bitlines by their slice and adds them to the outputs.
/// In:     the codes of one OU read.
/// Out:    accumulators[outputs of the array], with the last read of an input vector.
/// Time:   `bank.shift_add_time` after the conversion; hidden by the pipeline but for the last read.
/// Energy: one shift_add per code.
/// Source: `bank.shift_adder.source` in the preset.
class ShiftAdder : public sc_core::sc_module {
 public:
  /// @param array outlives the module
  ShiftAdder(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter);

  /// What it stores for one array: [columns], over the digits so far.
  using Store = std::vector<std::int32_t>;

  Store make_store() const { return Store(array_.columns()); }
  /// @param bitlines codes
  void add(BitlineSums& bitlines, Store& totals) const;
  /// Ends an input vector. @param accumulators [outputs of the array], added to
  void finish(Store& totals, std::span<std::int32_t> accumulators) const;

 private:
  const ArrayModel& array_;
  const LayerCounter counter_;
};

}  // namespace sumline
