// SPDX-License-Identifier: Apache-2.0
#include "components/link.hpp"

namespace sumline {

Link::Link(const sc_core::sc_module_name& name, const LinkConfig& config, Action action, ActionLedger& ledger)
    : sc_module(name),
      width_bits_(config.width_bits),
      action_(action),
      ledger_(ledger),
      arbiter_("arbiter", config.cycle) {}

Service Link::transfer(Requester& requester, std::size_t layer, std::uint64_t bits) {
  ledger_.add(layer, action_, bits);
  return arbiter_.use(requester, (bits + width_bits_ - 1) / width_bits_);
}

}  // namespace sumline
