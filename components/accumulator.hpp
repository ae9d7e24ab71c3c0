// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>

#include "components/arbiter.hpp"
#include "configs/accelerator.hpp"
#include "energy/actions.hpp"

namespace sumline {

/// The adders of a tile: they sum what the banks of one layer send (the row tiles of a matrix), add residuals,
/// sum up input codes where z needs their sum, and the windows that are averaged.
/// In:     the numbers of one position.
/// Out:    sums; of row tiles complete when all banks have sent theirs.
/// Time:   ceil(additions / per_tile) additions after the grant.
/// Energy: one accumulator_add per addition.
/// Source: `tile.accumulator.source` in the preset.
class Accumulator : public sc_core::sc_module {
 public:
  Accumulator(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger);

  /// Blocks the calling thread while `additions` numbers are added.
  Service add(Requester& requester, std::size_t layer, std::uint64_t additions);

 private:
  const std::uint64_t adders_;
  ActionLedger& ledger_;
  Arbiter arbiter_;
};

}  // namespace sumline
