// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "components/layer_counter.hpp"
#include "components/model/ou_sequence.hpp"

namespace sumline {

/// The converters that put one digit of each input code on the wordlines of a group.
/// In:     the digits of all wordlines and which group to drive, one call per OU read.
/// Out:    the number of wordlines that carry something: a zero digit drives nothing.
/// Time:   part of the slot, `array.read_time`.
/// Energy: one wordline_activation per driven wordline.
/// Source: `dac.source` in the preset.
class WordlineDriver : public sc_core::sc_module {
 public:
  WordlineDriver(const sc_core::sc_module_name& name, LayerCounter counter);

  /// @param active bit k of word w = wordline 64 w + k carries a digit other than zero
  std::uint32_t drive(std::span<const std::uint64_t> active, const OuRead& read);

 private:
  const LayerCounter counter_;
};

}  // namespace sumline
