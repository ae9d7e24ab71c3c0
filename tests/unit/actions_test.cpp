// SPDX-License-Identifier: Apache-2.0
#include "energy/actions.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "energy/error.hpp"

namespace sumline {
namespace {

ActionLedger random_ledger(std::size_t layers, std::uint32_t seed) {
  std::mt19937_64 random(seed);
  ActionLedger ledger(layers);
  for (std::size_t layer = 0; layer < layers; ++layer) {
    for (std::size_t action = 0; action < kActions; ++action) {
      ledger.add(layer, static_cast<Action>(action), random() >> 16);
    }
  }
  return ledger;
}

}  // namespace

TEST_CASE("every action has a name of its own and every component spends some action") {
  std::set<std::string_view> actions;
  std::set<std::string_view> components;
  std::set<std::string_view> spending;
  for (std::size_t i = 0; i < kActions; ++i) {
    actions.insert(name(static_cast<Action>(i)));
    spending.insert(component(static_cast<Action>(i)));
  }
  for (std::size_t i = 0; i < kComponents; ++i) components.insert(name(static_cast<Component>(i)));
  CHECK(actions.size() == kActions);
  CHECK(components.size() == kComponents);
  CHECK(spending == components);
}

TEST_CASE("actions belong to the component that spends their energy") {
  CHECK(component(Action::wordline_activation) == "dac");
  CHECK(component(Action::cell_activation) == "array");
  CHECK(component(Action::column_sample) == "sample_and_hold");
  CHECK(component(Action::adc_conversion) == "adc");
  CHECK(component(Action::unit_conversion) == "adc");
  CHECK(component(Action::shift_add) == "shift_adder");
  CHECK(component(Action::offset_add) == "offset_correction");
  CHECK(component(Action::input_register_bit) == "input_register");
  CHECK(component(Action::output_register_bit) == "output_register");
  CHECK(component(Action::buffer_write_bit) == "buffer");
  CHECK(component(Action::bus_bit) == "bus");
  CHECK(component(Action::router_bit) == "router");
  CHECK(component(Action::external_bit) == "external_link");
  CHECK(component(Action::accumulator_add) == "accumulator");
  CHECK(component(Action::lut_lookup) == "lut");
  CHECK(component(Action::pool_compare) == "max_pool");
  CHECK(component(Action::tile_register_bit) == "tile_output_register");
  CHECK(component(Action::cell_write) == "programming");
  CHECK(name(Action::adc_conversion) == "adc_conversion");
  CHECK(name(Action::cell_write) == "cell_write");
}

TEST_CASE("the sum of ledgers does not depend on their order") {
  const ActionLedger a = random_ledger(3, 1);
  const ActionLedger b = random_ledger(3, 2);
  const ActionLedger c = random_ledger(3, 3);
  ActionLedger forward = a;
  forward.add(b);
  forward.add(c);
  ActionLedger backward = c;
  backward.add(b);
  backward.add(a);
  CHECK(forward == backward);
  CHECK(forward.count(1, Action::shift_add) ==
        a.count(1, Action::shift_add) + b.count(1, Action::shift_add) + c.count(1, Action::shift_add));
}

TEST_CASE("a total is the sum over layers") {
  ActionLedger ledger(3);
  ledger.add(0, Action::ou_read, 5);
  ledger.add(2, Action::ou_read, 7);
  ledger.add(2, Action::ou_read, 1);
  CHECK(ledger.total(Action::ou_read) == 13);
  CHECK(ledger.total(Action::adc_conversion) == 0);
}

TEST_CASE("ledgers of different networks cannot be added") {
  ActionLedger ledger(2);
  CHECK_THROWS_AS(ledger.add(ActionLedger(3)), InternalError);
}

}  // namespace sumline
