// SPDX-License-Identifier: Apache-2.0
#include "energy/report.hpp"

#include <catch2/catch.hpp>
#include <numeric>
#include <random>

namespace sumline {
namespace {

CostTable random_costs(std::uint32_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform(0, 1e-12);
  CostTable costs;
  for (Joule& energy : costs.energy) energy = joules(uniform(random));
  for (ComponentCost& cost : costs.components) {
    cost = {random() % 1000, random() % 100, square_metres(uniform(random)), watts(uniform(random)), "test"};
  }
  return costs;
}

ActionLedger random_ledger(std::uint32_t seed) {
  std::mt19937_64 random(seed);
  ActionLedger ledger(4);
  for (std::size_t layer = 0; layer < 4; ++layer) {
    for (std::size_t action = 0; action < kActions; ++action) {
      ledger.add(layer, static_cast<Action>(action), random() % 1'000'000);
    }
  }
  return ledger;
}

}  // namespace

TEST_CASE("a small run costs what a hand computes") {
  CostTable costs;
  costs[Action::adc_conversion] = joules(2e-12);
  costs[Action::unit_conversion] = joules(1e-12);
  costs[Action::wordline_activation] = joules(3e-12);
  costs[Component::adc] = {8, 4, square_metres(1e-9), watts(1e-3), "test"};
  costs[Component::buffer] = {2, 1, square_metres(5e-9), watts(2e-3), "test"};
  ActionLedger ledger(2);
  ledger.add(0, Action::adc_conversion, 10);
  ledger.add(0, Action::unit_conversion, 5);
  ledger.add(1, Action::adc_conversion, 1);
  ledger.add(1, Action::wordline_activation, 2);

  const EnergyReport report = report_energy(ledger, costs, seconds(1e-9));
  CHECK(report.layers[0].total.value() == Approx(25e-12));
  CHECK(report.layers[1].total.value() == Approx(8e-12));
  CHECK(report.total_dynamic.value() == Approx(33e-12));
  CHECK(report.total_leakage.value() ==
        Approx(4e-12 + 2e-12));  // 4 ADCs at 1 mW and 1 buffer at 2 mW for 1 ns
  CHECK(report.total.value() == Approx(39e-12));
  CHECK(report.energy(Component::adc).value() == Approx(27e-12 + 4e-12));
  CHECK(report.energy(Component::dac).value() == Approx(6e-12));
  CHECK(report.energy(Component::buffer).value() == Approx(2e-12));
  CHECK(report.total_area.value() == Approx(18e-9));  // all instances, powered or not
}

TEST_CASE("without work there is leakage only") {
  const CostTable costs = random_costs(1);
  const EnergyReport report = report_energy(ActionLedger(3), costs, seconds(1e-3));
  CHECK(report.total_dynamic == Joule{});
  CHECK(report.total == report.total_leakage);
  CHECK(report.total_leakage > Joule{});
  CHECK(report_energy(ActionLedger(3), costs, Second{}).total == Joule{});
}

TEST_CASE("twice the work costs twice the dynamic energy and the same leakage") {
  const CostTable costs = random_costs(2);
  const ActionLedger once = random_ledger(3);
  ActionLedger twice = once;
  twice.add(once);
  const EnergyReport one = report_energy(once, costs, seconds(1e-6));
  const EnergyReport two = report_energy(twice, costs, seconds(1e-6));
  CHECK(two.total_dynamic == 2.0 * one.total_dynamic);  // doubling is exact in binary
  CHECK(two.total_leakage == one.total_leakage);
  for (std::size_t i = 0; i < kComponents; ++i) CHECK(two.dynamic[i] == 2.0 * one.dynamic[i]);
}

TEST_CASE("twice the time leaks twice and costs no more work") {
  const CostTable costs = random_costs(4);
  const EnergyReport one = report_energy(random_ledger(5), costs, seconds(1e-6));
  const EnergyReport two = report_energy(random_ledger(5), costs, seconds(2e-6));
  CHECK(two.total_leakage == 2.0 * one.total_leakage);
  CHECK(two.total_dynamic == one.total_dynamic);
}

TEST_CASE("children sum to their parent") {
  const EnergyReport report = report_energy(random_ledger(6), random_costs(7), seconds(1e-6));
  Joule components;
  for (std::size_t i = 0; i < kComponents; ++i) {
    Joule layers;
    for (const LayerEnergy& layer : report.layers) layers += layer.components[i];
    CHECK(layers == report.dynamic[i]);
    components += report.energy(static_cast<Component>(i));
  }
  for (const LayerEnergy& layer : report.layers) {
    CHECK(std::accumulate(layer.components.begin(), layer.components.end(), Joule{}) == layer.total);
  }
  Joule layers = report.total_leakage;
  for (const LayerEnergy& layer : report.layers) layers += layer.total;
  CHECK(components.value() == Approx(report.total.value()).epsilon(1e-14));
  CHECK(layers.value() == Approx(report.total.value()).epsilon(1e-14));
  CHECK(std::accumulate(report.area.begin(), report.area.end(), SquareMetre{}) == report.total_area);
}

TEST_CASE("each action pays its own price into its own component") {
  for (std::size_t i = 0; i < kActions; ++i) {
    const auto action = static_cast<Action>(i);
    CAPTURE(name(action));
    CostTable costs;
    costs[action] = joules(7);
    ActionLedger ledger(1);
    for (std::size_t other = 0; other < kActions; ++other)
      ledger.add(0, static_cast<Action>(other), other + 1);
    const EnergyReport report = report_energy(ledger, costs, seconds(1));
    CHECK(report.energy(component_of(action)) == joules(7.0 * static_cast<double>(i + 1)));
    CHECK(report.total == report.energy(component_of(action)));
  }
}

}  // namespace sumline
