// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
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
  std::uint8_t pac_class;                                  ///< which pairs of bits are read
  std::shared_ptr<const std::vector<std::uint8_t>> codes;  ///< [rows of the layer], for all banks
};

/// What a bank made of it, [BankOutputs::count].
using PartialSums = std::vector<std::int32_t>;

/// A bank as one phase programs it: input register | arrays | output register. It computes one vector while
/// the next is fetched and the last is sent.
class Bank : public sc_core::sc_module {
 public:
  Bank(const sc_core::sc_module_name& name, RunState& run, std::uint32_t layer,
       const BankPlacement& placement);

  const std::uint32_t tile;
  const BankTraffic traffic;
  const BankOutputs outputs;
  DoubleRegister<InputVector> input_register;
  DoubleRegister<PartialSums> output_register;

  std::uint64_t saturated() const { return unit_->saturated(); }

 private:
  /// A method, not a thread: a chip has more banks than the processor's caches have room for stacks.
  void proceed();
  void begin();
  void finish();
  void note(const InputVector& vector, Service job);

  RunState& run_;
  const std::uint32_t layer_;
  const std::uint32_t bank_;
  const std::string track_;
  std::unique_ptr<VectorUnit> unit_;
  bool busy_ = false;
  std::uint64_t start_ = 0;  ///< of the job at work
};

}  // namespace sumline
