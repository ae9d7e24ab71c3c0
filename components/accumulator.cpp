// SPDX-License-Identifier: Apache-2.0
#include "components/accumulator.hpp"

namespace sumline {

Accumulator::Accumulator(const sc_core::sc_module_name& name, const ServiceConfig& config,
                         ActionLedger& ledger)
    : sc_module(name), adders_(config.per_tile), ledger_(ledger), arbiter_("arbiter", config.time) {}

Service Accumulator::add(Requester& requester, std::size_t layer, std::uint64_t additions) {
  ledger_.add(layer, Action::accumulator_add, additions);
  return arbiter_.use(requester, (additions + adders_ - 1) / adders_);
}

}  // namespace sumline
