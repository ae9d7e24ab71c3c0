// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "energy/actions.hpp"

namespace sumline {

/// Counts the ones of each bit over the channels of a pixel, on the way to a buffer that keeps counts in place of
/// the less significant bits.
/// In:     the codes of one pixel.
/// Out:    the same codes and their counts.
/// Time:   none of its own: in line with the write-back.
/// Energy: one encoder_bit per bit of the codes.
/// Source: `approximation.encoder.source` in the preset.
class SparsityEncoder : public sc_core::sc_module {
 public:
  SparsityEncoder(const sc_core::sc_module_name& name, ActionLedger& ledger)
      : sc_module(name), ledger_(ledger) {}

  void encode(std::size_t layer, std::uint64_t bits) { ledger_.add(layer, Action::encoder_bit, bits); }

 private:
  ActionLedger& ledger_;
};

}  // namespace sumline
