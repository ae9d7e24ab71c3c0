// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "arch/chip.hpp"
#include "arch/run_state.hpp"
#include "components/double_register.hpp"
#include "components/vector_unit.hpp"

namespace sumline {

/// The input of one output position, in the order of the layer's rows.
struct InputVector {
  std::uint32_t image;
  std::uint32_t position;
  std::vector<std::uint8_t> codes;
};

/// What a bank made of it: partial accumulators of the outputs it feeds.
struct PartialSums {
  std::uint32_t image;
  std::vector<std::int32_t> accumulators;
};

/// A bank as one phase programs it. Three stages work at the same time, two vectors apart at most:
/// buffer - bus - [router] - input register | arrays | output register - [router] - bus - accumulators of the
/// home tile.
class Bank : public sc_core::sc_module {
 public:
  Bank(const sc_core::sc_module_name& name, RunState& run, Chip& chip, std::uint32_t layer,
       const BankPlacement& placement);

  const BankOutputs& outputs() const { return outputs_; }
  std::uint64_t saturated() const { return unit_->saturated(); }

  sc_core::sc_fifo<std::shared_ptr<const InputVector>> vectors;
  sc_core::sc_fifo<std::shared_ptr<const PartialSums>> results;

 private:
  void fetch();
  void compute();
  void send();

  RunState& run_;
  Chip& chip_;
  const std::uint32_t layer_;
  const std::uint32_t tile_;
  const std::uint32_t home_;
  const BankTraffic traffic_;
  const std::string track_;
  const BankOutputs outputs_;
  DoubleRegister<std::shared_ptr<const InputVector>> input_register_;
  std::unique_ptr<VectorUnit> unit_;
  DoubleRegister<std::shared_ptr<const PartialSums>> output_register_;
  Requester fetcher_;
  Requester sender_;
};

}  // namespace sumline
