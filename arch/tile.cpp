// SPDX-License-Identifier: Apache-2.0
#include "arch/tile.hpp"

namespace sumline {

Tile::Tile(const sc_core::sc_module_name& name, const Accelerator& accelerator, ActionLedger& ledger)
    : sc_module(name),
      buffer("buffer", ledger),
      bus("bus", accelerator.tile.bus, Action::bus_bit, ledger),
      accumulator("accumulator", accelerator.tile.accumulator, ledger),
      lut("lut", accelerator.tile.lut.service, ledger),
      max_pool("max_pool", accelerator.tile.max_pool, ledger) {
  if (accelerator.tile.digital) digital.emplace("digital", *accelerator.tile.digital, ledger);
  if (const auto& approximation = accelerator.approximation) {
    pac_engine.emplace("pac_engine", approximation->engine, ledger);
    sparsity_encoder.emplace("sparsity_encoder", ledger);
  }
}

}  // namespace sumline
