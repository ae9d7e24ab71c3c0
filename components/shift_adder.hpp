// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>

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

  /// @param bitlines codes @param totals [columns] over the digits so far
  void add(const BitlineSums& bitlines, std::span<std::int32_t> totals);
  /// Ends an input vector. @param totals [columns], cleared @param accumulators [outputs of the array], added to
  void finish(std::span<std::int32_t> totals, std::span<std::int32_t> accumulators);

 private:
  const ArrayModel& array_;
  const LayerCounter counter_;
};

}  // namespace sumline
