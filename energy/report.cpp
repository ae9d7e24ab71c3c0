// SPDX-License-Identifier: Apache-2.0
#include "energy/report.hpp"

#include <numeric>

namespace sumline {
namespace {

LayerEnergy layer_energy(const ActionLedger& ledger, std::size_t layer, const CostTable& costs) {
  LayerEnergy result;
  for (std::size_t index = 0; index < kActions; ++index) {
    const auto action = static_cast<Action>(index);
    result.components[static_cast<std::size_t>(component_of(action))] +=
        static_cast<double>(ledger.count(layer, action)) * costs[action];
  }
  result.total = std::accumulate(result.components.begin(), result.components.end(), Joule{});
  return result;
}

}  // namespace

EnergyReport report_energy(const ActionLedger& ledger, const CostTable& costs, Second elapsed) {
  EnergyReport report;
  for (std::size_t layer = 0; layer < ledger.layers(); ++layer) {
    report.layers.push_back(layer_energy(ledger, layer, costs));
    for (std::size_t index = 0; index < kComponents; ++index) {
      report.dynamic[index] += report.layers.back().components[index];
    }
  }
  for (std::size_t index = 0; index < kComponents; ++index) {
    const ComponentCost& cost = costs.components[index];
    report.leakage[index] = static_cast<double>(cost.powered) * cost.leakage * elapsed;
    report.area[index] = static_cast<double>(cost.instances) * cost.area;
  }
  report.total_dynamic = std::accumulate(report.dynamic.begin(), report.dynamic.end(), Joule{});
  report.total_leakage = std::accumulate(report.leakage.begin(), report.leakage.end(), Joule{});
  report.total = report.total_dynamic + report.total_leakage;
  report.total_area = std::accumulate(report.area.begin(), report.area.end(), SquareMetre{});
  return report;
}

}  // namespace sumline
