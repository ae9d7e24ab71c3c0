// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <string>

#include "configs/accelerator_loader.hpp"
#include "configs/presets.hpp"

namespace sumline {

TEST_CASE("every accelerator preset loads under its own name") {
  const std::vector<std::string> names = preset_names("accelerators");
  for (const char* name : {"isaac", "redpim", "redpim-ou9x8"})
    CHECK(std::count(names.begin(), names.end(), name) == 1);
  for (const std::string& name : names) CHECK(load_accelerator(name).name == name);
}

TEST_CASE("the redpim preset says what the publication's successors use") {
  const Accelerator redpim = load_accelerator("redpim");
  CHECK(redpim.array.rows == 128);
  CHECK(redpim.array.columns == 128);
  CHECK(redpim.array.cell_bits == 2);
  CHECK(redpim.array.read_time == parse<Second>("15.36 ns"));
  CHECK(redpim.ou.rows == 16);
  CHECK(redpim.ou.columns == 16);
  CHECK(redpim.ou.skipping == Skipping::none);
  CHECK(redpim.adc.bits == 6);
  CHECK(redpim.adc.cost.law == AdcLaw::saberi);
  CHECK(redpim.weights.mapping == WeightMapping::offset);
  CHECK(redpim.weights.correction == OffsetCorrection::digital);
  CHECK_FALSE(redpim.weights.flip);
  CHECK(redpim.tile.lut.mode == LutMode::threshold_search);
  CHECK(redpim.mapping.replication == Replication::balance);
  CHECK(redpim.chip.idle_tiles == IdleTiles::gated);
}

TEST_CASE("the other presets differ where they should") {
  const Accelerator small = load_accelerator("redpim-ou9x8");
  CHECK(small.ou.rows == 9);
  CHECK(small.ou.columns == 8);
  CHECK(small.adc.bits == 5);
  CHECK(small.array.read_time == parse<Second>("12.8 ns"));
  const Accelerator isaac = load_accelerator("isaac");
  CHECK(isaac.ou.rows == 128);
  CHECK(isaac.adc.bits == 8);
  CHECK(isaac.adc.cost.law == AdcLaw::isaac);
  CHECK(isaac.weights.correction == OffsetCorrection::unit_column);
  CHECK(isaac.weights.flip);
  CHECK(isaac.array.read_time == parse<Second>("100 ns"));
  CHECK(isaac.peak.input_bits == 16);
}

TEST_CASE("the presets' converters resolve every sum of their operation units") {
  for (const char* name : {"redpim", "redpim-ou9x8"}) {
    const Accelerator accelerator = load_accelerator(name);
    const std::uint32_t largest = accelerator.ou.rows * ((1U << accelerator.array.cell_bits) - 1);
    CHECK(largest < (1U << accelerator.adc.bits));
    CHECK(largest >= (1U << (accelerator.adc.bits - 1)));  // and have no bit too many
  }
}

TEST_CASE("the sa-cim presets differ in their converters alone") {
  const Accelerator one = load_accelerator("sa-cim");
  CHECK(one.weights.mapping == WeightMapping::signed_cells);
  CHECK(one.adc.readout == ReadoutKind::staircase);
  CHECK(one.adc.full_scale == 128);
  CHECK(one.ou.rows == one.array.rows);
  CHECK(one.mapping.row_tiles == RowTiles::whole_channels);
  CHECK(one.adc.per_array == one.array.columns);
  for (const std::uint32_t bits : {2U, 3U, 4U}) {
    const Accelerator flash = load_accelerator(fmt::format("sa-cim-flash{}", bits));
    CHECK(flash.adc.bits == bits);
    CHECK(flash.adc.cost.law == AdcLaw::flash);
    CHECK(flash.adc.cost.reference_power == one.adc.cost.reference_power);
  }
  CHECK(load_accelerator("sa-cim-sar4").adc.cost.law == AdcLaw::sar_fit);
}

TEST_CASE("pacim and dcim: digital arrays, chosen pairs or all of them") {
  const Accelerator pacim = load_accelerator("pacim");
  CHECK(pacim.array.layout == BitlineLayout::slice_major);
  CHECK(pacim.adc.readout == ReadoutKind::adder_tree);
  REQUIRE(pacim.approximation);
  CHECK(pacim.approximation->operand == 4);
  CHECK_FALSE(pacim.approximation->dynamic);
  CHECK(pacim.approximation->peak_pairs == 16);
  const Accelerator dynamic = load_accelerator(
      "pacim", {{"approximation.dynamic", "true"}, {"approximation.thresholds", "[7000, 10000, 13000]"}});
  CHECK(dynamic.approximation->thresholds == std::array<double, 3>{7000, 10000, 13000});
  CHECK_FALSE(load_accelerator("dcim").approximation);
  CHECK(load_accelerator("redpim").array.layout == BitlineLayout::output_major);
}

}  // namespace sumline
