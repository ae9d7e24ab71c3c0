// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "components/arbiter.hpp"
#include "configs/accelerator.hpp"
#include "energy/actions.hpp"

namespace sumline {

/// Wires that several units share: a tile's bus, a router, the link off the chip.
/// In:     packets of bits from threads.
/// Out:    the thread continues when its last bit has arrived.
/// Time:   ceil(bits / width) cycles after the grant (components/arbiter.hpp).
/// Energy: one action per bit: bus_bit, router_bit or external_bit.
/// Source: `tile.bus.source`, `chip.router.source`, `chip.external_link.source` in the preset.
class Link : public sc_core::sc_module {
 public:
  Link(const sc_core::sc_module_name& name, const LinkConfig& config, Action action, ActionLedger& ledger);

  /// Blocks the calling thread. @param layer that the bits are booked to
  Service transfer(Requester& requester, std::size_t layer, std::uint64_t bits);

 private:
  const std::uint64_t width_bits_;
  const Action action_;
  ActionLedger& ledger_;
  Arbiter arbiter_;
};

}  // namespace sumline
