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

Macro::Replica& Macro::add_replica() {
  return replicas_.emplace_back(Replica{OuSequence(array_),
                                        wordline_driver_.make_store(),
                                        sample_and_hold_.make_store(),
                                        shift_adder_.make_store(),
                                        {},
                                        {},
                                        0});
}

void Macro::start(Replica& replica, std::span<const std::uint8_t> codes, std::size_t pac_class,
                  std::span<std::int32_t> accumulators) const {
  wordline_driver_.take(codes, replica.wordlines);
  replica.sequence.start(pac_class);
  replica.counts = {};
  replica.accumulators = accumulators;
  offset_corrector_.add_codes(codes, accumulators);
}

bool Macro::step(Replica& replica) const {
  const bool at_once = array_.sums_at_once();
  const bool held = !at_once && convert_held(replica);
  const bool read = read_next(replica);
  if (at_once && read) {
    convert_held(replica);
  }
  if (!read && (held || at_once)) {
    shift_adder_.finish(replica.totals, replica.accumulators);
  }
  return read;
}

bool Macro::convert_held(Replica& replica) const {
  if (replica.held.empty) {
    return false;
  }
  BitlineSums& bitlines = replica.held.bitlines;
  replica.saturated += adc_.convert(bitlines);
  shift_adder_.add(bitlines, replica.totals);
  if (bitlines.read.unit) {
    offset_corrector_.add_unit(bitlines.read, bitlines.unit_sum, replica.accumulators);
  }
  replica.held.empty = true;
  return true;
}

bool Macro::read_next(Replica& replica) const {
  if (!replica.sequence.advance(replica.wordlines.planes)) {
    return false;
  }
  const OuRead& read = replica.sequence.read();
  const auto driven = wordline_driver_.drive(read, replica.wordlines);
  crossbar_.form_sums(read, driven, sample_and_hold_.track(replica.held));
  sample_and_hold_.sample(replica.held);
  counter_.add(Action::ou_read, 1);
  replica.counts.ou_reads += 1;
  replica.counts.conversions += read.converted;
  return true;
}

}  // namespace sumline
