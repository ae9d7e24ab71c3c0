// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "components/double_buffer.hpp"
#include "components/layer_counter.hpp"

namespace sumline {

/// A bank's input or output register, in two halves.
/// In:     a value per half, from one giver.
/// Out:    the values in the order they came, to one taker.
/// Time:   none of its own: it keeps up with the bus and with the arrays. The giver waits for a free half,
/// the taker for a full one. Energy: one action per bit, which stands for its writing and its reading.
/// Source: `bank.input_register.source`, `bank.output_register.source` in the preset.
template <class Value>
class DoubleRegister : public sc_core::sc_module {
 public:
  /// @param bits of one value
  DoubleRegister(const sc_core::sc_module_name& name, Action action, std::uint64_t bits, LayerCounter counter)
      : sc_module(name), action_(action), bits_(bits), counter_(counter) {}

  bool has_room() const { return halves_.has_room(); }
  Value& acquire() { return halves_.acquire(); }
  Value& acquire(Requester& giver) { return halves_.acquire(giver); }
  void load() {
    counter_.add(action_, bits_);
    halves_.load();
  }
  bool empty() const { return halves_.empty(); }
  Value& take() { return halves_.take(); }
  Value& take(Requester& taker) { return halves_.take(taker); }
  void release() { halves_.release(); }

 private:
  const Action action_;
  const std::uint64_t bits_;
  const LayerCounter counter_;
  DoubleBuffer<Value> halves_;
};

}  // namespace sumline
