// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "components/layer_counter.hpp"

namespace sumline {

/// A bank's input or output register: two halves, so that one is filled while the other is used.
/// In:     a value per half, after acquire().
/// Out:    the values in the order they came; a half is free again after release().
/// Time:   none of its own: it keeps up with the bus and with the arrays.
/// Energy: one action per bit, which stands for its writing and its reading.
/// Source: `bank.input_register.source`, `bank.output_register.source` in the preset.
template <class Value>
class DoubleRegister : public sc_core::sc_module {
 public:
  /// @param bits of one value
  DoubleRegister(const sc_core::sc_module_name& name, Action action, std::uint64_t bits, LayerCounter counter)
      : sc_module(name),
        action_(action),
        bits_(bits),
        counter_(counter),
        free_halves_("free_halves", 2),
        full_("full", 2) {}

  /// Blocks until a half is free.
  void acquire() { free_halves_.wait(); }
  void load(const Value& value) {
    counter_.add(action_, bits_);
    full_.write(value);
  }
  /// Blocks until a value is there.
  Value take() { return full_.read(); }
  void release() { free_halves_.post(); }

 private:
  const Action action_;
  const std::uint64_t bits_;
  const LayerCounter counter_;
  sc_core::sc_semaphore free_halves_;
  sc_core::sc_fifo<Value> full_;
};

}  // namespace sumline
