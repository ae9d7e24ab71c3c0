// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>

#include "components/arbiter.hpp"
#include "configs/accelerator.hpp"
#include "energy/actions.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// The max-pool units of a tile.
/// In:     a map of codes, complete under the window.
/// Out:    the largest code of the window, one per channel; a window on padding alone gives 0.
/// Time:   after the grant, ceil(channels / per_tile) windows one after another, each (codes under it - 1)
/// compares. Energy: one pool_compare per compare. Source: `tile.max_pool.source` in the preset.
class MaxPool : public sc_core::sc_module {
 public:
  MaxPool(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger);

  /// Blocks the calling thread. @param layer of kind max_pool, number `index` of the workload
  /// @param map [layer.in] @param position row * out.width + column @param codes [channels]
  Service pool(Requester& requester, std::size_t index, const Layer& layer, std::span<const std::uint8_t> map,
               std::uint32_t position, std::span<std::uint8_t> codes);

 private:
  const std::uint64_t units_;
  ActionLedger& ledger_;
  Arbiter arbiter_;
};

}  // namespace sumline
