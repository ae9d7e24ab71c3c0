// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <systemc>

#include "components/arbiter.hpp"
#include "components/model/pac_window.hpp"
#include "configs/accelerator.hpp"
#include "energy/actions.hpp"

namespace sumline {

/// The PAC computation engine of a tile: the products of the less significant bits, from counts.
/// In:     the sparsity counts of a window and the sums that the arrays made of it.
/// Out:    the same sums, each with its correction rounded to an integer.
/// Time:   after the grant, ceil(scalar products / per_tile) products one after another.
/// Energy: one pac_product per scalar product (PacRule::scalar_products).
/// Source: `approximation.engine.source` in the preset.
class PacEngine : public sc_core::sc_module {
 public:
  PacEngine(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger);

  /// Blocks the calling thread. @param sums [outputs], added to
  Service correct(Requester& requester, std::size_t layer, const PacModel& model, const PacWindow& window,
                  std::span<std::int32_t> sums);

 private:
  const std::uint64_t units_;
  ActionLedger& ledger_;
  Arbiter arbiter_;
};

}  // namespace sumline
