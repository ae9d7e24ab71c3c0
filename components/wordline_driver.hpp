// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>
#include <vector>

#include "components/layer_counter.hpp"
#include "components/model/ou_sequence.hpp"

namespace sumline {

/// The converters that put one digit of each input code on the wordlines of a group.
/// In:     the digits of all wordlines and which group to drive, one call per OU read.
/// Out:    the wordlines that carry something: a zero digit drives nothing.
/// Time:   part of the slot, `array.read_time`.
/// Energy: one wordline_activation per driven wordline.
/// Source: `dac.source` in the preset.
class WordlineDriver : public sc_core::sc_module {
 public:
  /// What it stores for one array.
  struct Store {
    BitPlanes planes;                    ///< of the vector
    std::vector<DrivenWordline> driven;  ///< [rows of the array], of which the group drives `size`
    std::size_t size = 0;
  };

  /// @param array outlives the module
  WordlineDriver(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter);

  Store make_store() const { return {{}, std::vector<DrivenWordline>(array_.rows()), 0}; }
  /// Takes an input vector apart into digits. @param codes [rows of the array]
  void take(std::span<const std::uint8_t> codes, Store& store) const {
    array_.activations().split(codes, store.planes);
  }
  /// @return what the wordlines of the read carry, the same for all blocks
  std::span<const DrivenWordline> drive(const OuRead& read, Store& store) const;

 private:
  const ArrayModel& array_;
  const LayerCounter counter_;
};

}  // namespace sumline
