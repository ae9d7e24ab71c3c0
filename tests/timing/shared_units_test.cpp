// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "components/accumulator.hpp"
#include "components/digital_unit.hpp"
#include "components/link.hpp"
#include "components/lut_unit.hpp"
#include "components/max_pool.hpp"
#include "tests/support/processes.hpp"

namespace sumline {
namespace {

using test::kNanosecond;

/// Runs `use` at 1 ns. @return when it was done, ns
template <class UseUnit>
std::uint64_t done_at(SimContext& context, UseUnit use) {
  std::uint64_t done = 0;
  test::at(kNanosecond, [&] {
    use();
    done = now() / kNanosecond;
  });
  context.run();
  return done;
}

ServiceConfig service(std::uint32_t per_tile, double nanoseconds) {
  return {.per_tile = per_tile, .time = seconds(nanoseconds * 1e-9), .cost = {}};
}

std::uint64_t transfer_done(std::uint64_t bits, std::uint64_t& counted) {
  SimContext context;
  ActionLedger ledger(1);
  Link link("bus", {.width_bits = 8, .cycle = seconds(2e-9), .cost = {}}, Action::bus_bit, ledger);
  Requester requester(0);
  const std::uint64_t done = done_at(context, [&] { link.transfer(requester, 0, bits); });
  counted = ledger.count(0, Action::bus_bit);
  return done;
}

TEST_CASE("a link takes one cycle per width, the last one perhaps in part") {
  struct Row {
    std::uint64_t bits, done;
  };
  for (const auto [bits, done] : {Row{1, 4}, Row{8, 4}, Row{9, 6}, Row{16, 6}, Row{17, 8}}) {
    std::uint64_t counted = 0;
    CHECK(transfer_done(bits, counted) == done);
    CHECK(counted == bits);
  }
}

TEST_CASE("a tile's adders share the outputs of a bank") {
  SimContext context;
  ActionLedger ledger(1);
  Accumulator accumulator("accumulator", service(2, 3), ledger);
  Requester requester(0);
  CHECK(done_at(context, [&] { accumulator.add(requester, 0, 5); }) == 3 + 3 * 3);
  CHECK(ledger.count(0, Action::accumulator_add) == 5);
}

Layer quantizing_layer() {
  Layer layer;
  layer.out = {5, 1, 1};
  layer.requantize = true;
  layer.scale.assign(5, 1);
  layer.offset.assign(5, 0);
  layer.quantizer = {{Encoding::unsigned_binary, 3}, 1, {}, {}};
  for (int channel = 0; channel < 5; ++channel) {
    for (int j = 1; j < 8; ++j) {
      layer.quantizer.thresholds.push_back(j);
    }
  }
  return layer;
}

TEST_CASE("a search takes one access per bit of the code, a direct table one, channels in turns") {
  struct Row {
    LutMode mode;
    std::uint64_t done, accesses;
  };
  for (const auto [mode, done, accesses] :
       {Row{LutMode::threshold_search, 2 + 3 * 3 * 2, 15}, Row{LutMode::direct, 2 + 3 * 2, 5}}) {
    SimContext context;
    ActionLedger ledger(1);
    LutUnit unit("lut", service(2, 2), ledger);
    const LutModel model(quantizing_layer(), 100, mode, 6);
    Requester requester(0);
    const std::vector<std::int32_t> sums = {-4, 0, 3, 7, 100};
    std::vector<std::uint8_t> codes(5);
    CHECK(done_at(context, [&] { unit.quantize(requester, 0, model, 3, {sums}, codes); }) == done);
    CHECK(codes == std::vector<std::uint8_t>{0, 0, 3, 7, 7});
    CHECK(ledger.count(0, Action::lut_lookup) == accesses);
    CHECK(ledger.count(0, Action::tile_register_bit) == 15);
  }
}

TEST_CASE("pooling takes the compares of the cells under the window, channels in turns") {
  SimContext context;
  ActionLedger ledger(1);
  MaxPool unit("max_pool", service(1, 2), ledger);
  Requester requester(0);
  CHECK(done_at(context, [&] { unit.pool(requester, 0, 2, 4); }) == 2 + 2 * 3 * 2);
  CHECK(ledger.count(0, Action::pool_compare) == 6);
}

TEST_CASE("a tile's digital units share the products of a position") {
  SimContext context;
  ActionLedger ledger(1);
  DigitalUnit unit("digital", service(4, 2), ledger);
  Requester requester(0);
  CHECK(done_at(context, [&] { unit.multiply(requester, 0, 9); }) == 2 + 3 * 2);
  CHECK(ledger.count(0, Action::digital_mac) == 9);
}

}  // namespace
}  // namespace sumline
