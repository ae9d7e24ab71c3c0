// SPDX-License-Identifier: Apache-2.0
#include "components/offset_corrector.hpp"

#include <numeric>

namespace sumline {

OffsetCorrector::OffsetCorrector(const sc_core::sc_module_name& name, const ArrayModel& array,
                                 LayerCounter counter)
    : sc_module(name), array_(array), counter_(counter) {}

void OffsetCorrector::add_codes(std::span<const std::uint8_t> codes,
                                std::span<std::int32_t> accumulators) const {
  if (!array_.corrects_offset() || array_.has_unit_column()) {
    return;
  }
  array_.correct_offset(std::accumulate(codes.begin(), codes.end(), 0), accumulators);
  counter_.add(Action::offset_add, codes.size());
}

void OffsetCorrector::add_unit(const OuRead& read, std::int32_t unit_code,
                               std::span<std::int32_t> accumulators) const {
  array_.correct_offset(unit_code << (read.digit * array_.activations().digit_bits), accumulators);
}

}  // namespace sumline
