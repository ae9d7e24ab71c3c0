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
  /// @param array outlives the module
  WordlineDriver(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter);

  void add_replica() { replicas_.push_back({{}, std::vector<DrivenWordline>(array_.rows()), 0}); }
  /// Takes an input vector apart into digits. @param codes [rows of the array]
  void take(std::uint32_t replica, std::span<const std::uint8_t> codes) {
    array_.activations().split(codes, replicas_[replica].planes);
  }
  const BitPlanes& planes(std::uint32_t replica) const { return replicas_[replica].planes; }
  /// @return those that carry something; the same ones for all blocks of a group
  std::span<const DrivenWordline> drive(std::uint32_t replica, const OuRead& read);

 private:
  struct Replica {
    BitPlanes planes;
    std::vector<DrivenWordline> wordlines;
    std::uint32_t driven;  ///< of them: those of the group
  };
  const ArrayModel& array_;
  const LayerCounter counter_;
  std::vector<Replica> replicas_;
};

}  // namespace sumline
