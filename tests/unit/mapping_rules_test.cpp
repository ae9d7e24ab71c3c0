// SPDX-License-Identifier: Apache-2.0
#include "arch/mapping_rules.hpp"

#include <catch2/catch.hpp>

#include "arch/mapping.hpp"
#include "tests/support/expect_error.hpp"
#include "tests/support/random_networks.hpp"
#include "tests/unit/mapping_layers.hpp"

namespace sumline::test {

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

}  // namespace sumline::test
