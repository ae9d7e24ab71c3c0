// SPDX-License-Identifier: Apache-2.0
#include "arch/mapping.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "arch/counting.hpp"
#include "tests/support/expect_error.hpp"
#include "tests/support/random_networks.hpp"
#include "tests/unit/mapping_layers.hpp"

namespace sumline::test {

TEST_CASE("A layer is cut into row tiles and column tiles, row tiles outer") {
  const Mapping mapping = map_network(network({linear(300, 50, -1)}), chip(4));  // 200 bitlines
  const LayerMapping& layer = *mapping.layers[0];
  CHECK(layer.row_tiles == 3);
  CHECK(layer.column_tiles == 2);
  CHECK(layer.regions == std::vector<ArrayRegion>{{{0, 128}, 0, 128},
                                                  {{0, 128}, 128, 200},
                                                  {{128, 256}, 0, 128},
                                                  {{128, 256}, 128, 200},
                                                  {{256, 300}, 0, 128},
                                                  {{256, 300}, 128, 200}});
  CHECK(layer.utilization == Approx(300.0 * 200 / (6 * 128 * 128)));
  CHECK(mapping.homes[0].accumulator_bits == 22);  // 300 * 15 * 255 = 1147500 < 2^21, and a sign
  CHECK(mapping.resident());
  CHECK(mapping.arrays_used == 6);
  CHECK(mapping.arrays_available == 16);
}

TEST_CASE("Arrays fill banks column tile by column tile, banks fill tiles in layer order") {
  const Mapping mapping = map_network(network({linear(300, 50, -1), linear(50, 10, 0)}), chip(4));
  const auto& first = mapping.phases[0].passes[0].replicas[0].banks;
  REQUIRE(first.size() == 3);
  CHECK(first[0].arrays == std::vector<std::uint32_t>{0, 2});
  CHECK(first[1].arrays == std::vector<std::uint32_t>{4, 1});
  CHECK(first[2].arrays == std::vector<std::uint32_t>{3, 5});
  CHECK((first[2].tile == 1 && first[2].bank == 0));
  const auto& second = mapping.phases[0].passes[1].replicas[0].banks;
  CHECK((second[0].tile == 1 && second[0].bank == 1));
  CHECK(mapping.homes[0].tile == 0);
  CHECK(mapping.homes[1].tile == 1);
}

TEST_CASE("Traffic of a bank counts distinct rows and distinct outputs") {
  const Mapping mapping = map_network(network({linear(300, 50, -1)}), chip(4));
  const auto& banks = mapping.phases[0].passes[0].replicas[0].banks;
  const BankTraffic shared_outputs = bank_traffic(mapping, 0, banks[0]);
  CHECK(shared_outputs.input_bits == 256 * 4);
  CHECK(shared_outputs.outputs == 32);
  CHECK(shared_outputs.output_bits == 32 * 22);
  CHECK_FALSE(shared_outputs.crosses_tiles);
  const BankTraffic all_outputs = bank_traffic(mapping, 0, banks[1]);
  CHECK(all_outputs.input_bits == (44 + 128) * 4);
  CHECK(all_outputs.outputs == 50);
  CHECK(bank_traffic(mapping, 0, banks[2]).outputs == 18);
  CHECK(bank_traffic(mapping, 0, banks[2]).crosses_tiles);
  CHECK(bank_traffic(mapping, 0, {0, 0, {0, 1}}).input_bits == 128 * 4);
}

TEST_CASE("An output whose slices lie in two column tiles counts in both banks, once in one") {
  Accelerator accelerator = chip(4);
  accelerator.array.cell_bits =
      3;  // 3 slices: output 42 has one bitline in the first column tile, two in the second
  const Mapping mapping = map_network(network({linear(100, 60, -1)}), accelerator);
  CHECK(bank_traffic(mapping, 0, {0, 0, {0}}).outputs == 43);
  CHECK(bank_traffic(mapping, 0, {0, 0, {1}}).outputs == 18);
  CHECK(bank_traffic(mapping, 0, {0, 0, {0, 1}}).outputs == 60);
}

TEST_CASE("Free banks go to the layer with the most positions per replica") {
  Accelerator accelerator = chip(5);  // 10 banks
  accelerator.mapping.replication = Replication::balance;
  const Mapping mapping =
      map_network(network({convolution({1, 8, 8}, 5, 3), linear(300, 20, 0)}), accelerator);
  CHECK(mapping.layers[0]->replicas == 8);  // 36 positions; the linear layer has one and takes two banks
  CHECK(mapping.layers[1]->replicas == 1);
  CHECK(mapping.phases[0].passes[0].replicas.size() == 8);
  CHECK(mapping.arrays_used == 8 * 1 + 3);
}

TEST_CASE("Replication ends at one replica per position") {
  Accelerator accelerator = chip(100);
  accelerator.mapping.replication = Replication::balance;
  const Mapping mapping =
      map_network(network({convolution({1, 4, 5}, 5, 3), linear(30, 20, 0)}), accelerator);
  CHECK(mapping.layers[0]->replicas == 6);
  CHECK(mapping.layers[1]->replicas == 1);
}

TEST_CASE("A network larger than the chip runs in phases, a layer larger than the chip in parts") {
  const Workload workload = network({linear(128, 32, -1), linear(32, 192, 0), linear(192, 320, 1)});
  const Mapping mapping = map_network(workload, chip(1));  // 4 arrays; the layers take 1, 6 and 20
  REQUIRE(mapping.phases.size() == 8);
  CHECK_FALSE(mapping.resident());
  const auto& phases = mapping.phases;
  CHECK((phases[0].passes.size() == 1 && phases[0].passes[0].last_part));
  CHECK((phases[1].passes[0].layer == 1 && !phases[1].passes[0].last_part));
  CHECK((phases[2].passes.size() == 1 && phases[2].passes[0].last_part));
  CHECK(phases[1].rows_written == 32);
  CHECK(phases[1].cells_written == 4 * 32 * 128);
  CHECK(phases[7].passes[0].last_part);
  CHECK(mapping.arrays_used == 4);
}

TEST_CASE("Every array of every layer is placed once per replica and banks are never shared") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    const Workload workload = random_network(seed, 1);
    const Accelerator accelerator = random_accelerator(seed);
    const Mapping mapping = map_network(workload, accelerator);
    std::vector<std::vector<std::uint32_t>> placed(workload.layers.size());
    for (const Phase& phase : mapping.phases) {
      std::set<std::pair<std::uint32_t, std::uint32_t>> banks;
      for (const Pass& pass : phase.passes) {
        CHECK(pass.replicas.size() == mapping.layers[pass.layer]->replicas);
        for (const BankPlacement& bank : pass.replicas.front().banks) {
          placed[pass.layer].insert(placed[pass.layer].end(), bank.arrays.begin(), bank.arrays.end());
        }
        for (const Replica& replica : pass.replicas) {
          for (const BankPlacement& bank : replica.banks) {
            CHECK((bank.tile < accelerator.chip.tiles && bank.bank < accelerator.tile.banks));
            CHECK(bank.arrays.size() <= accelerator.bank.arrays);
            CHECK(banks.insert({bank.tile, bank.bank}).second);
          }
        }
      }
    }
    for (std::size_t layer = 0; layer < placed.size(); ++layer) {
      const std::set<std::uint32_t> distinct(placed[layer].begin(), placed[layer].end());
      CHECK(distinct.size() == placed[layer].size());
      CHECK(distinct.size() == (mapping.layers[layer] ? mapping.layers[layer]->regions.size() : 0));
    }
  }
}

TEST_CASE("Traffic of a network by hand") {
  Accelerator accelerator = chip(4);
  Layer pool;
  pool.name = "pool";
  pool.kind = LayerKind::max_pool;
  pool.input = 0;
  pool.in = {5, 6, 6};
  pool.out = {5, 3, 3};
  pool.kernel = 2;
  pool.stride = 2;
  pool.activations = {Encoding::unsigned_binary, 4};
  Workload workload = network({convolution({1, 8, 8}, 5, 3), pool, linear(45, 10, 1)});
  workload.layers[2].input = 1;
  const Mapping mapping = map_network(workload, accelerator);
  ActionLedger ledger(3);
  count_traffic(ledger, workload, accelerator, mapping, 2);
  const std::uint64_t accumulator = mapping.homes[0].accumulator_bits;  // 9 * 15 * 255: 17 bits
  CHECK(accumulator == 17);
  CHECK(ledger.count(0, Action::offset_add) == 2 * 36 * 9);
  CHECK(ledger.count(0, Action::input_register_bit) == 2 * 36 * 9 * 4);
  CHECK(ledger.count(0, Action::output_register_bit) == 2 * 36 * 5 * accumulator);
  CHECK(ledger.count(0, Action::bus_bit) == 2 * 36 * (9 * 4 + 5 * accumulator));
  CHECK(ledger.count(0, Action::router_bit) == 0);
  CHECK(ledger.count(0, Action::accumulator_add) == 2 * 36 * 5);
  CHECK(ledger.count(0, Action::lut_lookup) == 2 * 36 * 5 * 4);
  CHECK(ledger.count(0, Action::tile_register_bit) == 2 * 36 * 5 * 4);
  CHECK(ledger.count(0, Action::buffer_write_bit) == 2 * 64 * 4);
  CHECK(ledger.count(0, Action::external_bit) == 2 * 64 * 4);
  CHECK(ledger.count(1, Action::pool_compare) == 2 * 45 * 3);
  CHECK(ledger.count(2, Action::buffer_write_bit) == 2 * 45 * 4);
  CHECK(ledger.count(2, Action::external_bit) == 2 * 10 * mapping.homes[2].accumulator_bits);
  CHECK(ledger.total(Action::cell_write) == 0);
}

TEST_CASE("Reprogramming is counted per image, traffic between home tiles once per map") {
  const Workload workload = network({linear(128, 96, -1), linear(96, 20, 0)});
  Accelerator accelerator = chip(2);
  accelerator.tile.banks = 1;
  const Mapping spread =
      map_network(workload, accelerator);  // three arrays in tiles 0 and 1, then a phase of its own
  REQUIRE(spread.phases.size() == 2);
  ActionLedger ledger(2);
  count_traffic(ledger, workload, accelerator, spread, 3);
  CHECK(ledger.count(0, Action::cell_write) == 3 * 128 * 384);
  CHECK(ledger.count(1, Action::cell_write) == 3 * 96 * 80);
  CHECK(ledger.count(0, Action::router_bit) == 3 * (128 * 4 + 32 * spread.homes[0].accumulator_bits));
  CHECK(ledger.count(1, Action::router_bit) == 0);

  accelerator.chip.tiles = 3;
  const Mapping resident = map_network(workload, accelerator);
  REQUIRE(resident.homes[1].tile == 2);
  ActionLedger further(2);
  count_traffic(further, workload, accelerator, resident, 3);
  CHECK(further.count(1, Action::router_bit) == 3 * 96 * 4);
  CHECK(further.total(Action::cell_write) == 0);
}

TEST_CASE("An input map that does not fit the buffer is refused with both sizes and the key to change") {
  Accelerator accelerator = chip(4);
  accelerator.tile.buffer.capacity_bits = 200;
  const Workload workload = network({convolution({1, 8, 8}, 5, 3)});
  CHECK(error_of([&] { map_network(workload, accelerator); }) ==
        "layer 'conv': its input map takes 256 bits, the buffer of a tile holds 200: raise "
        "tile.buffer.capacity_bits");
  accelerator.mapping.schedule = Schedule::layer_pipelined;  // (3 - 1) * 8 + 3 pixels
  CHECK_NOTHROW(map_network(workload, accelerator));
  accelerator.tile.buffer.capacity_bits = 75;
  CHECK(error_of([&] { map_network(workload, accelerator); }) ==
        "layer 'conv': its input map takes 76 bits, the buffer of a tile holds 75: raise "
        "tile.buffer.capacity_bits");
}

}  // namespace sumline::test
