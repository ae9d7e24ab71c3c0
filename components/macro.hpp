// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
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

/// One crossbar with its periphery, wired: driver - crossbar - sample-and-hold - ADC - shift-adder, and the
/// offset correction.
/// In:     an input vector, then one call per slot from the OU controller.
/// Out:    accumulators[outputs of the array].
/// Time:   none of its own; the controller lets a slot pass between two calls.
/// Energy: one ou_read per read; its parts count the rest.
/// Source: - (wiring)
///
/// A layer's replicas hold the same cells and are all at work at once. One module stands for them: it has the circuits
/// once and what they store once per replica.
class Macro : public sc_core::sc_module {
 public:
  /// What the circuits store for one replica.
  struct Replica {
    OuSequence sequence;  ///< of the vector's reads
    WordlineDriver::Store wordlines;
    SampleAndHold::Store held;
    ShiftAdder::Store totals;
    VectorCounts counts;                   ///< of the vector, so far
    std::span<std::int32_t> accumulators;  ///< [outputs of the array]
    std::uint64_t saturated;               ///< conversions of all vectors whose code is not the sum
  };

  /// @param array outlives the module
  Macro(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter);

  const ArrayModel& array() const { return array_; }
  /// @return what to call the others with; lives as long as the module
  Replica& add_replica();
  /// @param codes [rows of the array] @param pac_class of the vector, 0 where there are none @param accumulators
  /// [outputs of the array], added to until the last slot
  void start(Replica& replica, std::span<const std::uint8_t> codes, std::size_t pac_class,
             std::span<std::int32_t> accumulators) const;
  /// One slot: converts what the last slot sampled while the next OU read settles; with adder trees, what this
  /// slot's read sums up. @return false if nothing is read
  bool step(Replica& replica) const;

 private:
  bool convert_held(Replica& replica) const;
  bool read_next(Replica& replica) const;

  const ArrayModel& array_;
  const LayerCounter counter_;
  WordlineDriver wordline_driver_;
  Crossbar crossbar_;
  SampleAndHold sample_and_hold_;
  Adc adc_;
  ShiftAdder shift_adder_;
  OffsetCorrector offset_corrector_;
  std::deque<Replica> replicas_;
};

}  // namespace sumline
