// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>
#include <vector>

#include "components/layer_counter.hpp"
#include "components/model/ou_sequence.hpp"

namespace sumline {

/// What the bitlines of one OU read carry: sums, and codes once they are converted.
struct BitlineSums {
  OuRead read;
  std::vector<std::int32_t> room;  ///< [OU columns]
  std::int32_t unit_sum;           ///< of the unit column, where read.unit

  /// Of bitlines read.column_begin .. column_end.
  std::span<std::int32_t> sums() { return std::span(room).first(read.columns()); }
};

/// Cells at the crossings of wordlines and bitlines; currents add up along a bitline.
/// In:     one OU read: digits on the driven wordlines.
/// Out:    the sum on every bitline of the read's block, 0 .. OU rows * largest cell * largest digit.
/// Time:   part of the slot, `array.read_time` until the bitlines have settled.
/// Energy: one cell_activation per driven wordline and read bitline; with adder trees, one cell_product per
/// wordline of the read and read bitline.
/// Source: `array.source` in the preset.
class Crossbar : public sc_core::sc_module {
 public:
  /// @param array outlives the module
  Crossbar(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter);

  /// @param bitlines replaced
  void form_sums(const OuRead& read, std::span<const DrivenWordline> driven, BitlineSums& bitlines) const;

 private:
  const ArrayModel& array_;
  const LayerCounter counter_;
};

}  // namespace sumline
