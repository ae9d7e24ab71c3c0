// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>
#include <vector>

#include "components/bank_timer.hpp"
#include "components/macro.hpp"
#include "components/model/bank_timing.hpp"
#include "components/vector_unit.hpp"

namespace sumline {

/// Fidelity "cycle": steps the arrays of a bank through their OU reads, side by side, slot by slot.
/// In:     the codes of one input vector.
/// Out:    accumulators of the bank's outputs.
/// Time:   one event per slot, in which every array of the bank makes one OU read; then the last conversion and
/// shift-and-add. Energy: counted by the macros. Source: `array.source` for the read time, `adc.cost.source`
/// for the conversion time.
class OuController : public sc_core::sc_module, public VectorUnit, private BankTimer::Client {
 public:
  /// @param macros of one layer; they outlive the module, as `timer` and `client` do
  OuController(const sc_core::sc_module_name& name, std::span<Macro* const> macros, BankTiming timing,
               BankTimer& timer, VectorUnit::Client& client);

  void start(std::span<const std::uint8_t> codes, std::size_t pac_class,
             std::span<std::int32_t> accumulators) override;
  VectorCounts counts() const override;
  std::uint64_t saturated() const override;

 private:
  struct Array {
    Macro* macro;
    Macro::Replica* replica;
  };
  void time_passed() override;
  /// Begins a slot of every array. @param rest of the job where there is none left
  void begin_slot(BankTimer::Spans& rest);

  std::vector<Array> arrays_;
  BankTimer::Spans& slot_;
  BankTimer::Spans& drain_;
  BankTimer::Spans& nothing_;
  VectorUnit::Client& client_;
  const BankOutputs outputs_;
  bool draining_ = false;  ///< the last codes are on their way
};

}  // namespace sumline
