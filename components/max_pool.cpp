// SPDX-License-Identifier: Apache-2.0
#include "components/max_pool.hpp"

namespace sumline {

MaxPool::MaxPool(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger)
    : sc_module(name), units_(config.per_tile), ledger_(ledger), arbiter_("arbiter", config.time) {}

Service MaxPool::pool(Requester& requester, std::size_t layer, std::uint64_t channels, std::uint64_t cells) {
  ledger_.add(layer, Action::pool_compare, channels * (cells - 1));
  return arbiter_.use(requester, (channels + units_ - 1) / units_ * (cells - 1));
}

}  // namespace sumline
