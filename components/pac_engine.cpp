// SPDX-License-Identifier: Apache-2.0
#include "components/pac_engine.hpp"

namespace sumline {

PacEngine::PacEngine(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger)
    : sc_module(name), units_(config.per_tile), ledger_(ledger), arbiter_("arbiter", config.time) {}

Service PacEngine::correct(Requester& requester, std::size_t layer, const PacModel& model,
                           const PacWindow& window, std::span<std::int32_t> sums) {
  model.correct(window, sums);
  const std::uint64_t products = model.scalar_products(window.pac_class);
  ledger_.add(layer, Action::pac_product, products);
  return arbiter_.use(requester, (products + units_ - 1) / units_);
}

}  // namespace sumline
