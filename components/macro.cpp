// SPDX-License-Identifier: Apache-2.0
#include "components/macro.hpp"

namespace sumline {

Macro::Macro(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter)
    : sc_module(name),
      array_(array),
      counter_(counter),
      wordline_driver_("wordline_driver", array, counter),
      crossbar_("crossbar", array, counter),
      sample_and_hold_("sample_and_hold", counter),
      adc_("adc", array.readout(), counter),
      shift_adder_("shift_adder", array, counter),
      offset_corrector_("offset_corrector", array, counter),
      sequence_(array) {}

void Macro::start(std::span<const std::uint8_t> codes, std::size_t pac_class,
                  std::span<std::int32_t> accumulators) {
  array_.activations().split(codes, planes_);
  sequence_.start(planes_, pac_class);
  accumulators_ = accumulators;
  counts_ = {};
  offset_corrector_.add_codes(codes, accumulators_);
}

bool Macro::step() {
  if (array_.sums_at_once()) {
    const bool read = read_next() && convert_held();
    if (!read) {
      shift_adder_.finish(accumulators_);
    }
    return read;
  }
  const bool converted = convert_held();
  const bool read = read_next();
  if (converted && !read) {
    shift_adder_.finish(accumulators_);
  }
  return read || converted;
}

bool Macro::convert_held() {
  if (sample_and_hold_.empty()) {
    return false;
  }
  BitlineSums& held = sample_and_hold_.held();
  adc_.convert(held);
  shift_adder_.add(held);
  if (held.read.unit) {
    offset_corrector_.add_unit(held.read, held.unit_sum, accumulators_);
  }
  sample_and_hold_.release();
  return true;
}

bool Macro::read_next() {
  const std::optional<OuRead> read = sequence_.next();
  if (!read) {
    return false;
  }
  DrivenWordlines driven;
  wordline_driver_.drive(planes_, *read, driven);
  crossbar_.form_sums(*read, driven, sample_and_hold_.track());
  sample_and_hold_.sample();
  counter_.add(Action::ou_read, 1);
  counts_.ou_reads += 1;
  counts_.conversions += read->converted;
  return true;
}

}  // namespace sumline
