// SPDX-License-Identifier: Apache-2.0
#include "components/digital_unit.hpp"

namespace sumline {

DigitalUnit::DigitalUnit(const sc_core::sc_module_name& name, const ServiceConfig& config,
                         ActionLedger& ledger)
    : sc_module(name), units_(config.per_tile), ledger_(ledger), arbiter_("arbiter", config.time) {}

Service DigitalUnit::multiply(Requester& requester, std::size_t layer, std::uint64_t products) {
  ledger_.add(layer, Action::digital_mac, products);
  return arbiter_.use(requester, (products + units_ - 1) / units_);
}

}  // namespace sumline
