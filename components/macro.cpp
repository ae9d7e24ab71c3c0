// SPDX-License-Identifier: Apache-2.0
#include "components/macro.hpp"

namespace sumline {

Macro::Macro(const sc_core::sc_module_name& name, const ArrayModel& array, LayerCounter counter)
    : sc_module(name),
      array_(array),
      counter_(counter),
      wordline_driver_("wordline_driver", array, counter),
      crossbar_("crossbar", array, counter),
      sample_and_hold_("sample_and_hold", array, counter),
      adc_("adc", array.readout(), counter),
      shift_adder_("shift_adder", array, counter),
      offset_corrector_("offset_corrector", array, counter) {}

std::uint32_t Macro::add_replica() {
  wordline_driver_.add_replica();
  sample_and_hold_.add_replica();
  shift_adder_.add_replica();
  replicas_.push_back({OuSequence(array_), {}, {}, 0});
  return static_cast<std::uint32_t>(replicas_.size() - 1);
}

void Macro::start(std::uint32_t replica, std::span<const std::uint8_t> codes, std::size_t pac_class,
                  std::span<std::int32_t> accumulators) {
  wordline_driver_.take(replica, codes);
  Replica& state = replicas_[replica];
  state.sequence.start(pac_class);
  state.counts = {};
  state.accumulators = accumulators;
  offset_corrector_.add_codes(codes, accumulators);
}

bool Macro::step(std::uint32_t replica) {
  const bool at_once = array_.sums_at_once();
  const bool held = !at_once && convert_held(replica);
  const bool read = read_next(replica);
  if (at_once && read) {
    convert_held(replica);
  }
  if (!read && (held || at_once)) {
    shift_adder_.finish(replica, replicas_[replica].accumulators);
  }
  return read || held;
}

bool Macro::convert_held(std::uint32_t replica) {
  if (sample_and_hold_.empty(replica)) {
    return false;
  }
  BitlineSums& bitlines = sample_and_hold_.held(replica);
  Replica& state = replicas_[replica];
  state.saturated += adc_.convert(bitlines);
  shift_adder_.add(replica, bitlines);
  if (bitlines.read.unit) {
    offset_corrector_.add_unit(bitlines.read, bitlines.unit_sum, state.accumulators);
  }
  sample_and_hold_.release(replica);
  return true;
}

bool Macro::read_next(std::uint32_t replica) {
  Replica& state = replicas_[replica];
  if (!state.sequence.advance(wordline_driver_.planes(replica))) {
    return false;
  }
  const OuRead& read = state.sequence.read();
  crossbar_.form_sums(read, wordline_driver_.drive(replica, read), sample_and_hold_.track(replica));
  sample_and_hold_.sample(replica);
  counter_.add(Action::ou_read, 1);
  state.counts.ou_reads += 1;
  state.counts.conversions += read.converted;
  return true;
}

}  // namespace sumline
