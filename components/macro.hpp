// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>
#include <vector>

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
/// once and what they store once per replica, side by side in memory.
class Macro : public sc_core::sc_module {
 public:
  /// @param array outlives the module
  Macro(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter);

  const ArrayModel& array() const { return array_; }
  /// @return its number, to call the others with
  std::uint32_t add_replica();
  /// @param codes [rows of the array] @param pac_class of the vector, 0 where there are none @param accumulators
  /// [outputs of the array], added to until the last slot
  void start(std::uint32_t replica, std::span<const std::uint8_t> codes, std::size_t pac_class,
             std::span<std::int32_t> accumulators);
  /// One slot: converts what the last slot sampled while the next OU read settles; with adder trees, what this
  /// slot's read sums up. @return false if there is nothing to do
  bool step(std::uint32_t replica);
  /// Of the current input vector, so far.
  const VectorCounts& counts(std::uint32_t replica) const { return replicas_[replica].counts; }
  std::uint64_t saturated(std::uint32_t replica) const { return replicas_[replica].saturated; }

 private:
  struct Replica {
    OuSequence sequence;                   ///< of the vector's reads
    VectorCounts counts;                   ///< of the vector, so far
    std::span<std::int32_t> accumulators;  ///< [outputs of the array]
    std::uint64_t saturated;               ///< conversions of all vectors whose code is not the sum
  };
  bool convert_held(std::uint32_t replica);
  bool read_next(std::uint32_t replica);

  const ArrayModel& array_;
  const LayerCounter counter_;
  WordlineDriver wordline_driver_;
  Crossbar crossbar_;
  SampleAndHold sample_and_hold_;
  Adc adc_;
  ShiftAdder shift_adder_;
  OffsetCorrector offset_corrector_;
  std::vector<Replica> replicas_;
};

}  // namespace sumline
