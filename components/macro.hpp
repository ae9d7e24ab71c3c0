// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>

#include "components/adc.hpp"
#include "components/crossbar.hpp"
#include "components/offset_corrector.hpp"
#include "components/sample_and_hold.hpp"
#include "components/shift_adder.hpp"
#include "components/vector_unit.hpp"
#include "components/wordline_driver.hpp"

namespace sumline {

/// What the circuits of one macro hold of its input vector from slot to slot, side by side in memory: a chip has
/// many macros, and all of them are at work at once.
struct MacroState {
  explicit MacroState(const ArrayModel& array) : sequence(array), totals(array.columns()) {}

  OuSequence sequence;                   ///< the controller's place in the reads
  HeldSums held;                         ///< of the sample-and-hold
  std::vector<std::int32_t> totals;      ///< [columns], of the shift-adder
  BitPlanes planes;                      ///< the digits that the wordline driver has
  std::span<std::int32_t> accumulators;  ///< [outputs of the array]
  VectorCounts counts;                   ///< of the vector, so far
  std::uint64_t saturated = 0;           ///< conversions, of all vectors, whose code is not the sum
};

/// One crossbar with its periphery, wired: driver - crossbar - sample-and-hold - ADC - shift-adder, and the
/// offset correction. Macros that are programmed alike, those of a layer's replicas, are one module; each has its
/// own state.
/// In:     an input vector, then one call per slot from the OU controller.
/// Out:    accumulators[outputs of the array].
/// Time:   none of its own; the controller lets a slot pass between two calls.
/// Energy: one ou_read per read; its parts count the rest. Source: - (wiring)
class Macro : public sc_core::sc_module {
 public:
  /// @param array outlives the module
  Macro(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter);

  const ArrayModel& array() const { return array_; }
  /// @param codes [rows of the array] @param pac_class of the vector, 0 where there are none @param accumulators
  /// [outputs of the array], added to until the last slot
  void start(MacroState& state, std::span<const std::uint8_t> codes, std::size_t pac_class,
             std::span<std::int32_t> accumulators);
  /// One slot: converts what the last slot sampled while the next OU read settles; with adder trees, what this
  /// slot's read sums up. @return false if there is nothing to do
  bool step(MacroState& state);

 private:
  bool convert_held(MacroState& state);
  bool read_next(MacroState& state);

  const ArrayModel& array_;
  const LayerCounter counter_;
  WordlineDriver wordline_driver_;
  Crossbar crossbar_;
  SampleAndHold sample_and_hold_;
  Adc adc_;
  ShiftAdder shift_adder_;
  OffsetCorrector offset_corrector_;
};

}  // namespace sumline
