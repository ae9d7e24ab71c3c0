// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>
#include <vector>

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
class JobUnit : public sc_core::sc_module, public VectorUnit {
 public:
  /// @param arrays of one layer; they outlive the module
  JobUnit(const sc_core::sc_module_name& name, std::span<const ArrayModel* const> arrays, BankTiming timing,
          LayerCounter counter);

  void start(std::span<const std::uint8_t> codes, std::size_t pac_class,
             std::span<std::int32_t> accumulators) override;
  const sc_core::sc_event& done() const override { return done_; }
  VectorCounts counts() const override { return counts_; }
  std::uint64_t saturated() const override { return saturated_; }

 private:
  void book(const ArrayModel& array, const ArrayCounts& counts);

  const std::vector<const ArrayModel*> arrays_;
  const BankOutputs outputs_;
  const BankTiming timing_;
  const LayerCounter counter_;
  BitPlanes planes_;
  VectorCounts counts_;
  sc_core::sc_event done_;
  std::uint64_t saturated_ = 0;
};

}  // namespace sumline
