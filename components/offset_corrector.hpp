// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>

#include "components/adc.hpp"

namespace sumline {

/// Adds what unsigned cells cannot hold: a constant, and the inversion of flipped columns, times the sum of
/// the inputs. In:     the input codes (digital), or the code of the unit column (read out with the others).
/// Out:    the correction, added to accumulators[outputs of the array].
/// Time:   hidden behind the reads.
/// Energy: digital: one offset_add per input code; unit column: its conversions, counted by the ADC.
/// Source: `bank.offset_correction.source` in the preset.
class OffsetCorrector : public sc_core::sc_module {
 public:
  /// @param array outlives the module
  OffsetCorrector(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter);

  /// Digital: at the start of an input vector. @param codes [rows of the array]
  void add_codes(std::span<const std::uint8_t> codes, std::span<std::int32_t> accumulators) const;
  /// Unit column: after each read that has it.
  void add_unit(const OuRead& read, std::int32_t unit_code, std::span<std::int32_t> accumulators) const;

 private:
  const ArrayModel& array_;
  const LayerCounter counter_;
};

}  // namespace sumline
