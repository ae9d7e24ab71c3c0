// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>

#include "components/arbiter.hpp"
#include "configs/accelerator.hpp"
#include "energy/actions.hpp"

namespace sumline {

/// The adders of a tile that sum what the banks of one layer send: the row tiles of a matrix.
/// In:     the accumulators of one bank for one position.
/// Out:    sums; complete when all banks have sent theirs.
/// Time:   ceil(outputs / per_tile) additions after the grant.
/// Energy: one accumulator_add per output.
/// Source: `tile.accumulator.source` in the preset.
class Accumulator : public sc_core::sc_module {
 public:
  Accumulator(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger);

  /// Blocks the calling thread while `outputs` accumulators are added.
  Service add(Requester& requester, std::size_t layer, std::uint64_t outputs);

 private:
  const std::uint64_t adders_;
  ActionLedger& ledger_;
  Arbiter arbiter_;
};

}  // namespace sumline
