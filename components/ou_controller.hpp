// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "components/macro.hpp"
#include "components/model/bank_timing.hpp"
#include "components/vector_unit.hpp"

namespace sumline {

/// Fidelity "cycle": steps the arrays of a bank through their OU reads, side by side, slot by slot.
/// In:     the codes of one input vector.
/// Out:    accumulators of the bank's outputs.
/// Time:   one event per slot, in which every array of the bank makes one OU read; then the last
/// shift-and-add. Energy: counted by the macros. Source: `array.source` for the read time, `adc.cost.source`
/// for the conversion time.
class OuController : public sc_core::sc_module, public VectorUnit {
 public:
  /// @param arrays of one layer; they outlive the module
  OuController(const sc_core::sc_module_name& name, std::span<const ArrayModel* const> arrays,
               BankTiming timing, LayerCounter counter);

  VectorCounts compute(std::span<const std::uint8_t> codes, std::span<std::int32_t> accumulators) override;
  std::uint64_t saturated() const override;

 private:
  /// A method, not a thread: it runs once per slot and has nothing to remember between two.
  void pass_slot();
  bool step_all();
  VectorCounts counts() const;

  const BankOutputs outputs_;
  const sc_core::sc_time slot_;
  const sc_core::sc_time shift_add_;
  sc_core::sc_event slot_passed_;
  sc_core::sc_event finished_;
  std::vector<std::unique_ptr<Macro>> macros_;
};

}  // namespace sumline
