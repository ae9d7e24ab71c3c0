// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "arch/tile.hpp"

namespace sumline {

/// Tiles, the routers between them and the link off the chip. Banks stand beside it: what they hold changes
/// with the phases.
class Chip : public sc_core::sc_module {
 public:
  /// @param tiles that the network occupies
  Chip(const sc_core::sc_module_name& name, const Accelerator& accelerator, std::uint32_t tiles,
       ActionLedger& ledger);

  Tile& tile(std::uint32_t index) { return *tiles_[index]; }
  Link& external_link() { return external_link_; }
  /// Moves bits from one tile to another through the sender's router; nothing happens within a tile.
  void route(Requester& requester, std::size_t layer, std::uint32_t from, std::uint32_t to,
             std::uint64_t bits);

 private:
  const std::uint32_t tiles_per_router_;
  std::vector<std::unique_ptr<Tile>> tiles_;
  std::vector<std::unique_ptr<Link>> routers_;
  Link external_link_;
};

}  // namespace sumline
