// SPDX-License-Identifier: Apache-2.0
#include "arch/tile.hpp"

namespace sumline {

Tile::Tile(const sc_core::sc_module_name& name, const TileConfig& config, ActionLedger& ledger)
    : sc_module(name),
      buffer("buffer", ledger),
      bus("bus", config.bus, Action::bus_bit, ledger),
      accumulator("accumulator", config.accumulator, ledger),
      lut("lut", config.lut.service, ledger),
      max_pool("max_pool", config.max_pool, ledger) {
  if (config.digital) digital.emplace("digital", *config.digital, ledger);
}

}  // namespace sumline
