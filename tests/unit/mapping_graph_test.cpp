// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "arch/counting.hpp"
#include "arch/mapping.hpp"
#include "tests/support/expect_error.hpp"
#include "tests/support/random_networks.hpp"
#include "tests/unit/mapping_layers.hpp"

namespace sumline::test {

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
