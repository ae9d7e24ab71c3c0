// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>
#include <vector>

#include "components/bank_timer.hpp"
#include "components/layer_counter.hpp"
#include "components/model/bank_timing.hpp"
#include "components/vector_unit.hpp"

namespace sumline {

/// Fidelity "job": the arrays of a bank as one transaction per input vector.
/// In:     the codes of one input vector.
/// Out:    accumulators of the bank's outputs.
/// Time:   one event, BankTiming::duration of the array with the most reads.
/// Energy: the counts of ArrayModel::count, the same that the macros count one by one.
/// Source: as OuController.
class JobUnit : public sc_core::sc_module, public VectorUnit, private BankTimer::Client {
 public:
  /// @param arrays of one layer; they outlive the module, as `timer` and `client` do
  JobUnit(const sc_core::sc_module_name& name, std::span<const ArrayModel* const> arrays, BankTiming timing,
          LayerCounter counter, BankTimer& timer, VectorUnit::Client& client);

  void start(std::span<const std::uint8_t> codes, std::size_t pac_class,
             std::span<std::int32_t> accumulators) override;
  VectorCounts counts() const override { return counts_; }
  std::uint64_t saturated() const override { return saturated_; }

 private:
  void time_passed() override { client_.vector_done(); }
  void book(const ArrayModel& array, const ArrayCounts& counts);

  const std::vector<const ArrayModel*> arrays_;
  const BankOutputs outputs_;
  const BankTiming timing_;
  const LayerCounter counter_;
  BankTimer& timer_;
  VectorUnit::Client& client_;
  BitPlanes planes_;
  VectorCounts counts_;
  std::uint64_t saturated_ = 0;
};

}  // namespace sumline
