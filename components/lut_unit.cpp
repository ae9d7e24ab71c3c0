// SPDX-License-Identifier: Apache-2.0
#include "components/lut_unit.hpp"

namespace sumline {

LutUnit::LutUnit(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger)
    : sc_module(name), units_(config.per_tile), ledger_(ledger), arbiter_("arbiter", config.time) {}

Service LutUnit::quantize(Requester& requester, std::size_t layer, const LutModel& model,
                          std::uint32_t code_bits, const OutputSums& sums, std::span<std::uint8_t> codes) {
  model.codes(sums, codes, 1);
  ledger_.add(layer, Action::lut_lookup, codes.size() * model.accesses_per_code());
  ledger_.add(layer, Action::tile_register_bit, codes.size() * code_bits);
  return arbiter_.use(requester, (codes.size() + units_ - 1) / units_ * model.accesses_per_code());
}

}  // namespace sumline
