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
      offset_corrector_("offset_corrector", array, counter) {}

void Macro::start(MacroState& state, std::span<const std::uint8_t> codes, std::size_t pac_class,
                  std::span<std::int32_t> accumulators) {
  array_.activations().split(codes, state.planes);
  state.sequence.start(pac_class);
  state.accumulators = accumulators;
  state.counts = {};
  offset_corrector_.add_codes(codes, accumulators);
}

bool Macro::step(MacroState& state) {
  if (array_.sums_at_once()) {
    const bool read = read_next(state) && convert_held(state);
    if (!read) {
      shift_adder_.finish(state.totals, state.accumulators);
    }
    return read;
  }
  const bool converted = convert_held(state);
  const bool read = read_next(state);
  if (converted && !read) {
    shift_adder_.finish(state.totals, state.accumulators);
  }
  return read || converted;
}

bool Macro::convert_held(MacroState& state) {
  if (state.held.empty) {
    return false;
  }
  BitlineSums& bitlines = state.held.bitlines;
  state.saturated += adc_.convert(bitlines);
  shift_adder_.add(bitlines, state.totals);
  if (bitlines.read.unit) {
    offset_corrector_.add_unit(bitlines.read, bitlines.unit_sum, state.accumulators);
  }
  state.held.empty = true;
  return true;
}

bool Macro::read_next(MacroState& state) {
  const std::optional<OuRead> read = state.sequence.next(state.planes);
  if (!read) {
    return false;
  }
  DrivenWordlines driven;
  wordline_driver_.drive(state.planes, *read, driven);
  crossbar_.form_sums(*read, driven, sample_and_hold_.track(state.held));
  sample_and_hold_.sample(state.held);
  counter_.add(Action::ou_read, 1);
  state.counts.ou_reads += 1;
  state.counts.conversions += read->converted;
  return true;
}

}  // namespace sumline
