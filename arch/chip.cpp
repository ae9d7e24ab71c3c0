// SPDX-License-Identifier: Apache-2.0
#include "arch/chip.hpp"

#include <string>

namespace sumline {

Chip::Chip(const sc_core::sc_module_name& name, const Accelerator& accelerator, std::uint32_t tiles,
           ActionLedger& ledger)
    : sc_module(name),
      tiles_per_router_(accelerator.chip.tiles_per_router),
      external_link_("external_link", accelerator.chip.external_link, Action::external_bit, ledger) {
  for (std::uint32_t index = 0; index < tiles; ++index) {
    tiles_.push_back(std::make_unique<Tile>(("tile" + std::to_string(index)).c_str(), accelerator, ledger));
  }
  for (std::uint32_t first = 0; first < tiles; first += tiles_per_router_) {
    const std::string router = "router" + std::to_string(routers_.size());
    routers_.push_back(
        std::make_unique<Link>(router.c_str(), accelerator.chip.router, Action::router_bit, ledger));
  }
}

void Chip::route(Requester& requester, std::size_t layer, std::uint32_t from, std::uint32_t to,
                 std::uint64_t bits) {
  if (from != to) {
    routers_[from / tiles_per_router_]->transfer(requester, layer, bits);
  }
}

}  // namespace sumline
