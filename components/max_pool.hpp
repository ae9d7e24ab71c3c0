// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "components/arbiter.hpp"
#include "configs/accelerator.hpp"
#include "energy/actions.hpp"

namespace sumline {

/// The max-pool units of a tile.
/// In:     the codes or sums under one window of each channel.
/// Out:    the largest of each window.
/// Time:   after the grant, ceil(channels / per_tile) windows one after another, each (cells - 1) compares.
/// Energy: one pool_compare per compare.
/// Source: `tile.max_pool.source` in the preset.
class MaxPool : public sc_core::sc_module {
 public:
  MaxPool(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger);

  /// Blocks the calling thread. @param cells on the map under the window, at least 1
  Service pool(Requester& requester, std::size_t layer, std::uint64_t channels, std::uint64_t cells);

 private:
  const std::uint64_t units_;
  ActionLedger& ledger_;
  Arbiter arbiter_;
};

}  // namespace sumline
