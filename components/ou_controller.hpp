// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "components/macro.hpp"
#include "components/model/bank_timing.hpp"
#include "components/slot_timer.hpp"
#include "components/vector_unit.hpp"

namespace sumline {

/// Fidelity "cycle": steps the arrays of a bank through their OU reads, side by side, slot by slot.
/// In:     the codes of one input vector.
/// Out:    accumulators of the bank's outputs.
/// Time:   one event per slot, in which every array of the bank makes one OU read; then the last
/// shift-and-add. Energy: counted by the macros. Source: `array.source` for the read time, `adc.cost.source`
/// for the conversion time.
class OuController : public sc_core::sc_module, public VectorUnit, private SlotTimer::Client {
 public:
  /// @param arrays of one layer; they outlive the module, as `timer` does
  OuController(const sc_core::sc_module_name& name, std::span<const ArrayModel* const> arrays,
               BankTiming timing, LayerCounter counter, SlotTimer& timer);

  void start(std::span<const std::uint8_t> codes, std::size_t pac_class,
             std::span<std::int32_t> accumulators) override;
  const sc_core::sc_event& done() const override { return done_; }
  VectorCounts counts() const override;
  std::uint64_t saturated() const override;

 private:
  void slot_passed() override;
  bool step_all();

  const BankOutputs outputs_;
  const std::uint64_t slot_;
  const sc_core::sc_time shift_add_;
  SlotTimer& timer_;
  sc_core::sc_event done_;
  std::vector<std::unique_ptr<Macro>> macros_;
};

}  // namespace sumline
