// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "components/arbiter.hpp"
#include "configs/accelerator.hpp"
#include "energy/actions.hpp"

namespace sumline {

/// The multiply-accumulate units of a tile, for layers that must be exact.
/// In:     the input vector of one position; weights stand in the unit.
/// Out:    the accumulators of the position.
/// Time:   after the grant, ceil(products / per_tile) multiply-accumulates.
/// Energy: one digital_mac per product, its weight's reading included.
/// Source: `tile.digital.source` in the preset.
class DigitalUnit : public sc_core::sc_module {
 public:
  DigitalUnit(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger);

  /// Blocks the calling thread.
  Service multiply(Requester& requester, std::size_t layer, std::uint64_t products);

 private:
  const std::uint64_t units_;
  ActionLedger& ledger_;
  Arbiter arbiter_;
};

}  // namespace sumline
