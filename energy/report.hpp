// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "energy/cost_table.hpp"

/// The energy and area of a run. Sums go over layers and components in their order, so equal counts give
/// equal bytes.
namespace sumline {

struct LayerEnergy {
  std::array<Joule, kComponents> components{};  ///< spent by this layer's actions
  Joule total;                                  ///< sum of `components`
};

struct EnergyReport {
  std::vector<LayerEnergy> layers;
  std::array<Joule, kComponents> dynamic{};     ///< sum over layers
  std::array<Joule, kComponents> leakage{};     ///< powered instances * leakage * elapsed time
  std::array<SquareMetre, kComponents> area{};  ///< of all instances
  Joule total_dynamic;                          ///< sum of `dynamic`
  Joule total_leakage;                          ///< sum of `leakage`
  Joule total;                                  ///< total_dynamic + total_leakage
  SquareMetre total_area;                       ///< sum of `area`

  /// Dynamic and leakage energy of one component: `energy_j.<component>` of results.json.
  Joule energy(Component component) const {
    const auto index = static_cast<std::size_t>(component);
    return dynamic[index] + leakage[index];
  }
};

/// @param elapsed from the first event of the run to its last
EnergyReport report_energy(const ActionLedger& ledger, const CostTable& costs, Second elapsed);

}  // namespace sumline
