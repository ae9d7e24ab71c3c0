// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>

#include "components/arbiter.hpp"
#include "components/model/lut_model.hpp"
#include "configs/accelerator.hpp"
#include "energy/actions.hpp"

namespace sumline {

/// The quantisation tables of a tile and the output register that takes their codes.
/// In:     the integers that enter z of one position.
/// Out:    one code per output channel.
/// Time:   after the grant, ceil(channels / per_tile) codes one after another, each its compares
/// (threshold_search: as many as
///         the code has bits) or its one look-up (direct).
/// Energy: one lut_lookup per access, one tile_register_bit per bit of the codes.
/// Source: `tile.lut.source`, `tile.output_register.source` in the preset.
class LutUnit : public sc_core::sc_module {
 public:
  LutUnit(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger);

  /// Blocks the calling thread. @param sums of one position @param codes [channels]
  Service quantize(Requester& requester, std::size_t layer, const LutModel& model, std::uint32_t code_bits,
                   const OutputSums& sums, std::span<std::uint8_t> codes);

 private:
  const std::uint64_t units_;
  ActionLedger& ledger_;
  Arbiter arbiter_;
};

}  // namespace sumline
