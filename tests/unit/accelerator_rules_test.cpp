// SPDX-License-Identifier: Apache-2.0
// What the tables of an accelerator demand of each other.
#include <catch2/catch.hpp>

#include "configs/accelerator_loader.hpp"
#include "tests/unit/accelerator_texts.hpp"

namespace sumline {

using namespace test;

TEST_CASE("zero columns are skipped only where it can be known") {
  const std::vector<TomlOverride> skip{{"ou.skip_zero_columns", "true"}};
  CHECK(message(preset_text("redpim"), {skip[0], {"ou.skipping", "compaction"}}) ==
        "--set ou.skip_zero_columns=true: ou.skip_zero_columns = true: must be false with skipping = "
        "\"compaction\", "
        "which forms groups anew");
  CHECK(
      message(preset_text("redpim"), {skip[0], {"weights.correction", "unit_column"}}) ==
      "--set ou.skip_zero_columns=true: ou.skip_zero_columns = true: must be false with weights.correction = "
      "\"unit_column\", which is read with every group");
  CHECK(message(preset_text("redpim"), {skip[0], {"ou.skipping", "zero_groups"}}) == "accepted");
}

TEST_CASE("a staircase spans signed sums, of which none is left out") {
  const std::string text = preset_text("sa-cim");
  CHECK(message(text, {{"adc.bits", "1.5"}}) ==
        "--set adc.bits=1.5: adc.bits = 1.5: must be an integer 1..14");
  CHECK(message(text, {{"adc.bits", "9"}}) == "--set adc.bits=9: adc.bits = 9: a staircase has 1 to 8 bits");
  CHECK_THAT(message(text, {{"ou.skipping", "zero_groups"}}),
             Catch::Contains(
                 "adc.readout = \"staircase\": a staircase has no code for 0, so that no read can be left "
                 "out: needs ou.skipping = \"none\" and ou.skip_zero_columns = false"));
  CHECK_THAT(
      message(preset_text("redpim"), {{"adc.readout", "staircase"}, {"adc.full_scale", "128"}}),
      Catch::Contains("a staircase spans sums of both signs: needs weights.mapping = \"signed_cells\""));
  CHECK_THAT(message(text, {{"adc.readout", "saturating"}}), Catch::Contains("adc.full_scale: unknown key"));
  CHECK_THAT(message(text, {{"weights.flip", "true"}}), Catch::Contains("weights.flip: unknown key"));
}

TEST_CASE("the width of the table's address belongs to the direct mode") {
  CHECK(message(preset_text("redpim"), {{"tile.lut.mode", "direct"}}).find("tile.lut.index_bits: missing") !=
        std::string::npos);
  CHECK(message(preset_text("redpim"), {{"tile.lut.mode", "direct"}, {"tile.lut.index_bits", "11"}}) ==
        "accepted");
  CHECK(message(preset_text("redpim"), {{"tile.lut.mode", "direct"}, {"tile.lut.index_bits", "17"}}) ==
        "--set tile.lut.index_bits=17: tile.lut.index_bits = 17: must be an integer 2..16");
  CHECK(message(preset_text("redpim"), {{"tile.lut.index_bits", "11"}})
            .find("tile.lut.index_bits: unknown key") != std::string::npos);
}

TEST_CASE("the digital offset correction needs its adder") {
  CHECK(message(preset_text("isaac"), {{"weights.correction", "digital"}})
            .find("bank.offset_correction: missing") != std::string::npos);
  CHECK(message(preset_text("redpim"), {{"weights.correction", "unit_column"}}) == "accepted");
  CHECK(message(preset_text("redpim"), {{"weights.mapping", "differential"}}) == "accepted");
}

TEST_CASE("an approximation that its arrays cannot form is refused with the rule") {
  using Catch::Matchers::Contains;
  const auto refused = [](const std::vector<TomlOverride>& overrides, const std::string& rule) {
    CHECK_THAT(message(preset_text("pacim"), overrides), Contains(rule));
  };
  refused({{"approximation.operand", "9"}}, "approximation.operand = 9: must be an integer 0..8");
  refused({{"approximation.dynamic", "true"}}, "approximation.thresholds: ");
  refused({{"approximation.dynamic", "true"}, {"approximation.thresholds", "[3, 2, 5]"}},
          "must be three numbers that ascend");
  refused({{"approximation.dynamic", "true"}, {"approximation.thresholds", "[3, 5]"}},
          "must be three numbers that ascend");
  refused({{"approximation.dynamic", "true"},
           {"approximation.thresholds", "[1, 2, 3]"},
           {"approximation.operand", "5"}},
          "must be 4 with dynamic = true");
  refused({{"approximation.thresholds", "[1, 2, 3]"}}, "approximation.thresholds");  // unread without dynamic
  refused({{"array.layout", "output_major"}}, "needs array.layout = \"slice_major\"");
  refused({{"array.cell_bits", "2"}}, "needs array.cell_bits = 1");
  refused({{"dac.bits", "2"}}, "needs dac.bits = 1");
  refused({{"weights.mapping", "differential"}}, "needs weights.mapping = \"offset\"");
  refused({{"weights.flip", "true"}}, "weights.flip = false");
  refused({{"ou.skipping", "zero_groups"}}, "needs ou.skipping = \"none\"");
  refused({{"ou.skip_zero_columns", "true"}}, "ou.skip_zero_columns = false");
  refused({{"peak.input_bits", "3"}}, "must not exceed peak.input_bits and peak.weight_bits");
  refused({{"adc.readout", "saturating"}}, "adc.bits");  // a converter has other keys, and may lose
  Accelerator lossy = load_accelerator("pacim");
  lossy.adc.readout = ReadoutKind::saturating;
  CHECK_THAT(approximation_conflict(lossy), Contains("needs adc.readout = \"adder_tree\""));
}

}  // namespace sumline
