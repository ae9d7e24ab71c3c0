// SPDX-License-Identifier: Apache-2.0
#include "arch/mapping.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "arch/counting.hpp"
#include "configs/accelerator_loader.hpp"
#include "tests/support/expect_error.hpp"
#include "tests/support/random_networks.hpp"

namespace sumline::test {
namespace {

Layer linear(std::uint32_t inputs, std::uint32_t outputs, std::int32_t input) {
  Layer layer;
  layer.name = "fc" + std::to_string(input + 1);
  layer.kind = LayerKind::linear;
  layer.input = input;
  layer.in = {inputs, 1, 1};
  layer.out = {outputs, 1, 1};
  layer.activations = {Encoding::unsigned_binary, 4};
  layer.weights = {Encoding::mid_rise, 8};
  layer.weight_codes.assign(std::size_t{inputs} * outputs, 128);
  layer.scale.assign(outputs, 1.0);
  layer.offset.assign(outputs, 0.0);
  layer.requantize = true;
  layer.quantizer.format.bits = 4;
  return layer;
}

Layer convolution(Shape in, std::uint32_t channels, std::uint32_t kernel) {
  Layer layer = linear(in.channels * kernel * kernel, channels, -1);
  layer.name = "conv";
  layer.kind = LayerKind::convolution;
  layer.in = in;
  layer.kernel = kernel;
  layer.out = {channels, in.height - kernel + 1, in.width - kernel + 1};
  return layer;
}

Workload network(std::vector<Layer> layers) {
  layers.back().requantize = false;
  return {"test", layers.front().in, layers.front().activations, layers, {}, {}};
}

/// 128 x 128 arrays, two per bank, two banks per tile.
Accelerator chip(std::uint32_t tiles) {
  Accelerator accelerator = load_accelerator("redpim");
  accelerator.bank.arrays = 2;
  accelerator.tile.banks = 2;
  accelerator.chip.tiles = tiles;
  accelerator.mapping = {Schedule::layer_serial, Replication::none};
  return accelerator;
}

}  // namespace

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

TEST_CASE("Row tiles of whole channels keep every kernel in one array") {
  Layer layer = convolution({80, 10, 10}, 160, 3);
  layer.activations = {Encoding::mid_rise, 1};
  layer.weights = {Encoding::mid_rise, 1};
  layer.weight_codes.assign(layer.rows() * layer.out.channels, 1);
  layer.conversion = {1, 128};
  Workload workload = network({layer});
  const Mapping mapping = map_network(workload, load_accelerator("sa-cim"));
  const LayerMapping& cut = *mapping.layers[0];
  CHECK(cut.row_tiles == 6);  // 5 x 14 channels and 10
  CHECK(cut.column_tiles == 2);
  CHECK(cut.regions[0] == ArrayRegion{{0, 126}, 0, 128});
  CHECK(cut.regions[11] == ArrayRegion{{630, 720}, 128, 160});
  CHECK(mapping.homes[0].accumulator_bits == 4);  // 6 votes of +-1
  CHECK(mapping.arrays_used == 12);
  workload.layers[0].conversion = {4, 128};
  CHECK(error_of([&] { map_network(workload, load_accelerator("sa-cim")); }) ==
        "layer 'conv': its scales count codes of a 4 bit staircase over +-128, accelerator 'sa-cim' yields "
        "codes of a "
        "1 bit staircase over +-128: lower the network for this accelerator");
  const Mapping four_bits = map_network(workload, load_accelerator("sa-cim-flash4"));
  CHECK(four_bits.homes[0].accumulator_bits == 8);  // 6 codes of at most 15

  workload.layers[0] = convolution({2, 12, 12}, 5, 12);
  workload.layers[0].conversion = {1, 128};
  workload.layers[0].activations = {Encoding::mid_rise, 1};
  workload.layers[0].weights = {Encoding::mid_rise, 1};
  CHECK(error_of([&] { map_network(workload, load_accelerator("sa-cim")); }) ==
        "layer 'conv': a channel takes 144 rows, an array has 128: mapping.row_tiles = \"whole_channels\" "
        "needs whole "
        "channels in an array");
}

TEST_CASE("Signed cells take signed weights and signed inputs that fit them") {
  Workload workload = network({linear(10, 10, -1)});
  Layer& layer = workload.layers[0];
  const auto error = [&](const std::vector<TomlOverride>& overrides = {}) {
    return error_of([&] { map_network(workload, load_accelerator("sa-cim", overrides)); });
  };
  CHECK(
      error() ==
      "layer 'fc0': activations are 4 bit unsigned_binary: weights.mapping = \"signed_cells\" takes mid_rise "
      "and ternary inputs; use an accelerator with bit-serial inputs");
  layer.activations = {Encoding::mid_rise, 2};
  CHECK(error() ==
        "layer 'fc0': activations are 2 bit mid_rise, dac.bits is 1: a signed input goes in one digit of at "
        "most dac.bits and 7 bits");
  layer.activations = {Encoding::mid_rise, 8};
  CHECK_THAT(error({{"dac.bits", "8"}}), Catch::Contains("in one digit of at most dac.bits and 7 bits"));
  layer.activations = {Encoding::mid_rise, 1};
  layer.weights = {Encoding::ternary, 2};
  CHECK(error() ==
        "layer 'fc0': weights are 2 bit ternary, array.cell_bits is 1: a signed cell holds a mid_rise or "
        "ternary weight of at most its bits");
  layer.conversion = {1, 128};
  CHECK(error({{"array.cell_bits", "2"}}) == "no error");
  layer.conversion = {};
  layer.weights = {Encoding::unsigned_binary, 1};
  CHECK_THAT(error(), Catch::Contains("weights are 1 bit unsigned_binary"));

  layer.weights = {Encoding::mid_rise, 1};
  layer.exact = true;
  Accelerator accelerator = load_accelerator("sa-cim");
  accelerator.tile.digital.reset();
  CHECK(
      error_of([&] { map_network(workload, accelerator); }) ==
      "layer 'fc0': is computed exactly, which adc.readout = \"staircase\" does not allow: it needs digital "
      "units, [tile.digital]");

  layer.exact = false;
  accelerator.ou.skipping = Skipping::zero_groups;
  CHECK_THAT(error_of([&] { map_network(workload, accelerator); }),
             Catch::Contains("accelerator 'sa-cim': adc.readout = \"staircase\": its codes have no 0"));
}

TEST_CASE("Encodings and options without a mapping are refused") {
  Workload workload = network({linear(10, 10, -1)});
  workload.layers[0].activations.encoding = Encoding::mid_rise;
  CHECK(error_of([&] { map_network(workload, chip(1)); }) ==
        "layer 'fc0': bipolar activations: arrays with bit-serial inputs take unsigned_binary codes; use an "
        "accelerator with weights.mapping = \"signed_cells\"");
  workload.layers[0].activations.encoding = Encoding::unsigned_binary;
  workload.layers[0].weights.bits = 9;
  CHECK(error_of([&] { map_network(workload, chip(1)); }) ==
        "layer 'fc0': weights of 9 bits: must be 1 to 8");
  workload.layers[0].weights.bits = 8;

  Accelerator accelerator = chip(1);
  accelerator.ou.skipping = Skipping::compaction;
  accelerator.weights.flip = true;
  CHECK_THAT(error_of([&] { map_network(workload, accelerator); }),
             Catch::Contains("accelerator 'redpim': weights.flip with ou.skipping = \"compaction\""));
  accelerator.weights.flip = false;
  accelerator.ou.skip_zero_columns = true;
  CHECK_THAT(error_of([&] { map_network(workload, accelerator); }),
             Catch::Contains("ou.skip_zero_columns with ou.skipping = \"compaction\""));
  accelerator.ou.skipping = Skipping::zero_groups;
  accelerator.weights.correction = OffsetCorrection::unit_column;
  CHECK_THAT(error_of([&] { map_network(workload, accelerator); }),
             Catch::Contains("ou.skip_zero_columns with weights.correction = \"unit_column\""));
}

namespace {

/// Images - conv (arrays) - codes - "sums", an exact 1x1 convolution that hands on sums - average of 2x2 that
/// adds the codes under its windows - logits.
Workload residual_graph() {
  Layer conv = convolution({1, 8, 8}, 5, 3);
  Layer sums = convolution({5, 6, 6}, 5, 1);
  sums.name = "sums";
  sums.input = 0;
  sums.exact = true;
  sums.requantize = false;
  sums.scale = sums.offset = {};
  sums.quantizer = {};
  Layer average;
  average.name = "average";
  average.kind = LayerKind::average_pool;
  average.input = 1;
  average.residual = 0;
  average.in = {5, 6, 6};
  average.out = {5, 3, 3};
  average.kernel = average.stride = 2;
  average.scale = average.offset = average.residual_scale = std::vector<double>(5, 1.0);
  average.requantize = true;
  average.quantizer.format.bits = 4;
  Layer logits = linear(45, 10, 2);
  logits.sum_scale.assign(10, 1.0);
  return network({conv, sums, average, logits});
}

}  // namespace

TEST_CASE("Exact layers need no arrays where the chip has digital units, and stand on arrays where not") {
  Accelerator accelerator = chip(4);
  accelerator.tile.banks = 1;
  const Workload workload = residual_graph();
  const Mapping arrays = map_network(workload, accelerator);
  CHECK(arrays.layers[1]);
  CHECK(arrays.homes[1].tile == 1);
  CHECK(arrays.homes[2].tile == 1);  // pools where its input is made
  CHECK(arrays.homes[3].tile == 2);
  CHECK(arrays.tiles_in_use() == 3);
  accelerator.tile.digital.emplace();
  const Mapping digital = map_network(workload, accelerator);
  CHECK_FALSE(digital.layers[1]);
  CHECK(digital.homes[1].tile == 0);  // beside the convolution before it
  CHECK(digital.homes[2].tile == 0);
  CHECK(digital.homes[3].tile == 1);
  CHECK(digital.arrays_used == arrays.arrays_used - 1);
  CHECK(digital.homes[1].accumulator_bits == 16);  // 5 * 15 * 255
  CHECK(digital.homes[2].accumulator_bits == 18);  // four of them
  Workload exact = workload;
  for (Layer& layer : exact.layers) layer.exact = true;
  const Mapping nothing = map_network(exact, accelerator);
  CHECK(nothing.arrays_used == 0);
  CHECK((nothing.tiles() == 1 && nothing.tiles_in_use() == 1));
}

TEST_CASE("Traffic of a graph by hand") {
  Accelerator accelerator = chip(4);
  accelerator.tile.banks = 1;
  accelerator.tile.digital.emplace();
  const Workload workload = residual_graph();
  ActionLedger ledger(4);
  count_traffic(ledger, workload, accelerator, map_network(workload, accelerator), 1);
  // The exact convolution: 36 input vectors of 5 codes of 4 bits; 180 sums of 16 bits.
  CHECK(ledger.count(1, Action::digital_mac) == 36 * 5 * 5);
  CHECK(ledger.count(1, Action::buffer_write_bit) == 180 * 4);
  CHECK(ledger.count(1, Action::buffer_read_bit) == 180 * 4);
  CHECK(ledger.count(1, Action::bus_bit) == 180 * 4);
  CHECK(ledger.count(1, Action::tile_register_bit) == 180 * 16);
  CHECK(ledger.count(1, Action::lut_lookup) == 0);
  CHECK(ledger.count(1, Action::accumulator_add) == 0);
  // The average: 45 windows of four sums and four codes.
  CHECK(ledger.count(2, Action::accumulator_add) == 45 * (4 + 4));
  CHECK(ledger.count(2, Action::buffer_write_bit) == 180 * 4);
  CHECK(ledger.count(2, Action::buffer_read_bit) == 180 * 4);
  CHECK(ledger.count(2, Action::bus_bit) == 180 * 4);
  CHECK(ledger.count(2, Action::lut_lookup) == 45 * 4);
  CHECK(ledger.count(2, Action::tile_register_bit) == 45 * 4);
  // The logits: the sum of 45 input codes, besides one addition per output of a bank.
  CHECK(ledger.count(3, Action::accumulator_add) == 10 + 45);
  CHECK(ledger.count(3, Action::router_bit) == 45 * 4);
  CHECK(ledger.total(Action::external_bit) == 64 * 4 + 10 * 19);
}

TEST_CASE("A residual map that does not fit the buffer, and residuals too wide, are refused") {
  Accelerator accelerator = chip(4);
  accelerator.tile.digital.emplace();
  Workload workload = residual_graph();
  workload.layers[2].input = 0;
  workload.layers[2].activations = {Encoding::unsigned_binary, 4};
  workload.layers[2].residual = 1;
  accelerator.tile.buffer.capacity_bits = 180 * 16 - 1;
  CHECK(error_of([&] { map_network(workload, accelerator); }) ==
        "layer 'average': its residual map takes 2880 bits, the buffer of a tile holds 2879: raise "
        "tile.buffer.capacity_bits");
  accelerator.mapping.schedule = Schedule::layer_pipelined;
  CHECK_NOTHROW(map_network(workload, accelerator));
  workload.layers[2].kernel = 1U << 10U;
  CHECK(error_of([&] { map_network(workload, accelerator); }) ==
        "layer 'average': residuals of 36 bits: at most 31; the layer has too many inputs or too many bits");
}

TEST_CASE("What an approximation cannot form is an error that names the layer") {
  using Catch::Matchers::Contains;
  Layer layer = linear(300, 20, -1);
  layer.weights = {Encoding::unsigned_binary, 8};
  layer.activations = {Encoding::unsigned_binary, 4};
  Accelerator pacim = load_accelerator("pacim");
  const auto map = [&] { return map_network(network({layer}), pacim); };
  CHECK(map().layers[0]->rule);

  pacim.approximation->operand = 5;
  CHECK_THROWS_WITH(map(), Contains("layer 'fc0': operand = 5: must be at most the narrower width, 4"));
  layer.exact = true;  // all pairs, whatever the operand
  CHECK_FALSE(map().layers[0]->rule);
  layer.exact = false;
  pacim.approximation->operand = 4;

  layer.weights.encoding = Encoding::mid_rise;
  CHECK_THROWS_WITH(map(), Contains("layer 'fc0': codes that are not unsigned_binary"));
  layer.weights.encoding = Encoding::unsigned_binary;

  pacim.approximation->dynamic = true;
  CHECK(map().layers[0]->rule->classes.size() == 1);  // linear layers have no classes
  layer = convolution({4, 6, 6}, 8, 3);
  layer.weights = {Encoding::unsigned_binary, 8};
  CHECK_THROWS_WITH(map(),
                    Contains("layer 'conv': dynamic: operand 4 with 8-bit weights and 4-bit activations"));
  layer.activations.bits = 8;
  CHECK(map().layers[0]->rule->classes.size() == 4);

  pacim.approximation->segments = true;
  pacim.array.rows = pacim.ou.rows = 8;
  CHECK_THROWS_WITH(map(), Contains("layer 'conv': a channel takes 9 rows, an array has 8"));
  pacim.array.columns = 3;
  pacim.array.rows = pacim.ou.rows = 9;
  CHECK_THROWS_WITH(map(), Contains("layer 'conv': an output takes 4 bitlines, an array has 3"));
  pacim.array.layout = BitlineLayout::output_major;
  CHECK_THROWS_WITH(map(), Contains("accelerator 'pacim': approximation.operand: needs array.layout"));
}

TEST_CASE("Approximated layers keep the most significant bits of maps and weights, and counts of all bits") {
  Layer layer = convolution({100, 6, 6}, 70, 3);
  layer.weights = {Encoding::unsigned_binary, 8};
  layer.activations.bits = 8;
  const Mapping mapping = map_network(network({layer}), load_accelerator("pacim"));
  CHECK(mapping.layers[0]->row_tiles == 4);     // 900 rows
  CHECK(mapping.layers[0]->column_tiles == 2);  // 64 outputs of 4 bits each, whole
  CHECK(mapping.layers[0]->regions[0].column_end == 256);
  CHECK(mapping.layers[0]->regions[1].column_end == 280);
  CHECK(mapping.layers[0]->pixel.codes == 400);
  CHECK(mapping.layers[0]->pixel.counts == 8 * 7);               // 0..100
  CHECK(weight_count_cells(*mapping.layers[0]) == 70 * 8 * 10);  // 0..900
  REQUIRE(mapping.phases.size() == 2);
  CHECK(mapping.phases[0].passes[0].cells_written == 900 * 256);
  CHECK(mapping.phases[1].passes[0].cells_written == 900 * 24 + 70 * 80);
  CHECK(window_count_bits(layer, *mapping.layers[0], mapping.phases[0].passes[0]) == 0);
  CHECK(window_count_bits(layer, *mapping.layers[0], mapping.phases[1].passes[0]) == 9 * 56);
}

}  // namespace sumline::test
