// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "components/crossbar.hpp"

namespace sumline {

/// The converters of one array; its bitlines take turns.
/// In:     the held sums of one OU read.
/// Out:    one code per converted bitline, 0 .. 2^bits - 1, saturating.
/// Time:   one slot holds ceil(bitlines / adc.per_array) conversions.
/// Energy: one adc_conversion per bitline, one unit_conversion per unit column.
/// Source: `adc.cost.source` in the preset; energy and time by its law (energy/adc_laws.hpp).
class Adc : public sc_core::sc_module {
 public:
  /// @param readout outlives the module
  Adc(const sc_core::sc_module_name& name, const Readout& readout, LayerCounter counter);

  /// @param bitlines sums, replaced by their codes @return conversions whose code is not the sum
  std::uint64_t convert(BitlineSums& bitlines) const;

 private:
  const Readout& readout_;
  const LayerCounter counter_;
};

}  // namespace sumline
