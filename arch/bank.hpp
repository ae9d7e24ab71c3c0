// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <systemc>
#include <vector>

#include "arch/run_state.hpp"
#include "components/double_register.hpp"
#include "components/vector_unit.hpp"

namespace sumline {

/// The input of one output position.
struct InputVector {
  std::uint32_t image;
  std::uint32_t position;
  std::uint8_t pac_class;               ///< which pairs of bits are read
  std::span<const std::uint8_t> codes;  ///< [rows of the layer], for all banks
};

/// What a bank made of it, [BankOutputs::count].
using PartialSums = std::vector<std::int32_t>;

/// A bank as one phase programs it: input register | arrays | output register. It computes one vector while
/// the next is fetched and the last is sent.
class Bank : public sc_core::sc_module, private VectorUnit::Client {
 public:
  Bank(const sc_core::sc_module_name& name, RunState& run, std::uint32_t layer,
       const BankPlacement& placement);

  const std::uint32_t tile;
  const BankTraffic traffic;
  const BankOutputs outputs;

  /// Blocks the feeder's thread until a half of the input register is free. It fills it, then loads it.
  InputVector& acquire_input(Requester& feeder) { return input_register_.acquire(feeder); }
  void load_input();
  /// Blocks the collector's thread until a half of the output register is full. It sends it, then releases it.
  const PartialSums& take_output(Requester& collector) { return output_register_.take(collector); }
  void release_output();
  std::uint64_t saturated() const { return unit_->saturated(); }

 private:
  /// Starts a job if there is a vector, and room for what becomes of it. No process: a chip has more banks than the
  /// processor's caches have room for stacks and events, and whatever a bank waits for is done by somebody who
  /// can tell it.
  void proceed();
  void vector_done() override;
  void note(const InputVector& vector, Service job);

  RunState& run_;
  const std::uint32_t layer_;
  const std::uint32_t bank_;
  const std::string track_;
  DoubleRegister<InputVector> input_register_;
  DoubleRegister<PartialSums> output_register_;
  std::unique_ptr<VectorUnit> unit_;
  bool busy_ = false;
  std::uint64_t start_ = 0;  ///< of the job at work
};

}  // namespace sumline
