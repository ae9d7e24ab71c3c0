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

  void add_replica() { planes_.emplace_back(); }
  /// Takes an input vector apart into digits. @param codes [rows of the array]
  void take(std::uint32_t replica, std::span<const std::uint8_t> codes) {
    array_.activations().split(codes, planes_[replica]);
  }
  const BitPlanes& planes(std::uint32_t replica) const { return planes_[replica]; }
  /// @param driven added to
  void drive(std::uint32_t replica, const OuRead& read, DrivenWordlines& driven);

 private:
  const ArrayModel& array_;
  const LayerCounter counter_;
  std::vector<BitPlanes> planes_;  ///< [replicas]
};

}  // namespace sumline
