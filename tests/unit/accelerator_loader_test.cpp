// SPDX-License-Identifier: Apache-2.0
#include "configs/accelerator_loader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <regex>

#include "configs/presets.hpp"
#include "energy/error.hpp"
#include "tests/unit/accelerator_texts.hpp"

namespace sumline {

using namespace test;

namespace {

/// What the loader says about `key` = `value` in `section` of the redpim preset, without the place, which is
/// checked here.
std::string rule(const std::string& section, const std::string& key, const std::string& value) {
  const BadFile bad = change("redpim", section, key, fmt::format("{} = {}", key, value));
  const std::string place = fmt::format("{}{}.{} = {}: ", bad.at_value(), section, key, value);
  const std::string found = message(bad.text);
  INFO(found);
  CHECK(found.rfind(place, 0) == 0);
  return found.rfind(place, 0) == 0 ? found.substr(place.size()) : found;
}

bool accepts(const std::string& key, std::int64_t value) {
  try {
    load_accelerator("redpim", {{key, std::to_string(value)}});
    return true;
  } catch (const Error&) {
    return false;
  }
}

void check_range(const std::string& key, std::int64_t low, std::int64_t high, std::int64_t last) {
  for (std::int64_t value = -1; value <= last; ++value) {
    CAPTURE(key, value);
    CHECK(accepts(key, value) == (value >= low && value <= high));
  }
}

}  // namespace

TEST_CASE("a name without slash and ending is a preset, anything else a path") {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("sumline-loader-{}", getpid());
  std::filesystem::create_directories(folder);
  const auto file = folder / "mine.toml";
  std::ofstream(file) << preset_text("isaac");
  CHECK(load_accelerator(file.string()).name == "isaac");
  std::filesystem::remove_all(folder);
  CHECK_THROWS_WITH(
      load_accelerator("issac"),
      fmt::format("issac: there is no such preset: known accelerators are {}; a file needs a '/' or the "
                  "ending .toml",
                  fmt::join(preset_names("accelerators"), ", ")));
  CHECK_THROWS_WITH(load_accelerator("isaac.toml"), "isaac.toml: cannot be read: No such file or directory");
  CHECK_THROWS_WITH(load_accelerator("./isaac"), "./isaac: cannot be read: No such file or directory");
}

TEST_CASE("energy, power and rate: any two give the third") {
  const auto with = [](const std::string& first, const std::string& second) {
    const BadFile file = change("redpim", "bank.shift_adder", "power", first);
    std::string text = file.text;
    text.replace(text.find("rate = \"2.4 GHz\"", text.find("[bank.shift_adder]")), 16, second);
    return read_accelerator(TomlDocument(text, "good.toml")).bank.shift_adder;
  };
  for (const BlockCost& cost :
       {with("power = \"0.05 mW\"", "rate = \"2.5 GHz\""), with("power = \"0.05 mW\"", "energy = \"20 fJ\""),
        with("energy = \"20 fJ\"", "rate = \"2.5 GHz\"")}) {
    CHECK(cost.energy.value() == Approx(20e-15).epsilon(1e-12));
    CHECK(cost.peak_rate.value() == Approx(2.5e9).epsilon(1e-12));
  }
  const std::string none = message(change("redpim", "bank.shift_adder", "power", "").text);
  CHECK(none.find("bank.shift_adder.energy: give two of energy, power and rate: power = energy * rate") !=
        std::string::npos);
}

TEST_CASE("all three of energy, power and rate are one too many") {
  const BadFile bad = change("redpim", "tile.bus", "power", "power = \"7 mW\"\nrate = \"1 GHz\"");
  CHECK(message(bad.text) ==
        fmt::format("bad.toml:{}:10: tile.bus.energy = \"0.054 pJ\": give two of energy, power and "
                    "rate: power = energy * rate",
                    bad.line + 2));
}

TEST_CASE("digital units may be left out; once they are there, every key is demanded") {
  CHECK_FALSE(load_accelerator("redpim").tile.digital);
  const std::string digital =
      "[tile.digital]\nper_tile = 64\ntime = \"1 ns\"\nenergy = \"0.3 pJ\"\nrate = \"1 GHz\"\n"
      "area = \"300 um^2\"\nleakage = \"0 W\"\nsource = \"test\"\n";
  const auto loaded = read_accelerator(TomlDocument(preset_text("redpim") + digital, "good.toml"));
  REQUIRE(loaded.tile.digital);
  CHECK(loaded.tile.digital->per_tile == 64);
  CHECK(loaded.tile.digital->cost.energy.value() == Approx(0.3e-12));
  const std::string found = message(preset_text("redpim") + "[tile.digital]\nper_tile = 64\n");
  for (const char* key : {"time", "energy", "area", "leakage", "source"}) {
    INFO(key);
    CHECK(found.find(fmt::format("tile.digital.{}", key)) != std::string::npos);
  }
}

TEST_CASE("integers out of range are refused with their range") {
  CHECK(rule("array", "rows", "0") == "must be an integer 1..4096");
  CHECK(rule("array", "rows", "4097") == "must be an integer 1..4096");
  CHECK(rule("array", "columns", "-3") == "must be an integer 1..4096");
  CHECK(rule("array", "cell_bits", "5") == "must be an integer 1..4");
  CHECK(rule("ou", "rows", "129") == "must not exceed array.rows (128)");
  CHECK(rule("ou", "columns", "200") == "must not exceed array.columns (128)");
  CHECK(rule("dac", "bits", "0") == "must be an integer 1..8");
  CHECK(rule("adc", "bits", "0") == "must be an integer 1..14");
  CHECK(rule("adc", "bits", "40") == "must be an integer 1..14");
  CHECK(rule("adc", "per_array", "0") == "must be an integer 1..4096");
  CHECK(rule("adc", "reference_bits", "0") == "must be an integer 1..14");
  CHECK(rule("bank", "arrays", "0") == "must be an integer 1..65536");
  CHECK(rule("bank", "shift_adders", "0") == "must be an integer 1..65536");
  CHECK(rule("tile", "banks", "0") == "must be an integer 1..65536");
  CHECK(rule("tile.buffer", "capacity_bits", "0") == "must be an integer 1..1099511627776");
  CHECK(rule("tile.bus", "width_bits", "0") == "must be an integer 1..65536");
  CHECK(rule("tile.lut", "per_tile", "0") == "must be an integer 1..65536");
  CHECK(rule("chip", "tiles", "0") == "must be an integer 1..65536");
  CHECK(rule("chip", "tiles_per_router", "0") == "must be an integer 1..65536");
  CHECK(rule("peak", "input_bits", "17") == "must be an integer 1..16");
  CHECK(rule("peak", "weight_bits", "0") == "must be an integer 1..16");
}

TEST_CASE("ranges hold at every value around them") {
  check_range("array.cell_bits", 1, 4, 9);
  check_range("ou.rows", 1, 128, 140);
  check_range("ou.columns", 1, 128, 140);
  check_range("dac.bits", 1, 8, 16);
  check_range("adc.bits", 1, 14, 41);
  check_range("peak.input_bits", 1, 16, 20);
}

TEST_CASE("wrong types are refused") {
  CHECK(rule("array", "rows", "128.0") == "must be an integer 1..4096");
  CHECK(rule("array", "rows", "\"128\"") == "must be an integer 1..4096");
  CHECK(rule("weights", "flip", "1") == "must be true or false");
  CHECK(rule("array", "read_time", "15.36") ==
        "must be a time such as \"7.68 ns\": a number of 0 or more, a space and a unit (fs ps ns us ms s)");
  CHECK(rule("adc", "law", "6") ==
        "must be one of \"saberi\", \"isaac\", \"puma\", \"k1k2\", \"survey\", \"fixed\", \"flash\", "
        "\"sar_fit\"");
}

TEST_CASE("wrong units, negative and infinite quantities are refused") {
  const std::string time =
      "must be a time such as \"7.68 ns\": a number of 0 or more, a space and a unit (fs ps ns us ms s)";
  CHECK(rule("array", "read_time", "\"15.36 pJ\"") == time);
  CHECK(rule("array", "read_time", "\"-15.36 ns\"") == time);
  CHECK(rule("array", "read_time", "\"inf ns\"") == time);
  CHECK(rule("array", "read_time", "\"nan ns\"") == time);
  CHECK(rule("array", "read_time", "\"15.36ns\"") == time);
  CHECK(rule("array", "read_time", "\"0 ns\"") == "must be more than 0");
  CHECK(
      rule("adc", "reference_power", "\"2 mJ\"") ==
      "must be a power such as \"0.4 mW\": a number of 0 or more, a space and a unit (fW pW nW uW mW W kW)");
  CHECK(rule("adc", "sample_rate", "\"1.2 GS\"") ==
        "must be a rate such as \"1.2 GHz\": a number of 0 or more, a space and a unit (Hz kHz MHz GHz THz)");
  CHECK(rule("array", "area", "\"25 um\"") ==
        "must be an area such as \"1200 um^2\": a number of 0 or more, a space and a unit (um^2 mm^2 m^2)");
  CHECK(
      rule("array", "write_energy", "\"1 pW\"") ==
      "must be an energy such as \"1.667 pJ\": a number of 0 or more, a space and a unit (fJ pJ nJ uJ mJ J)");
  CHECK(rule("chip.router", "cycle", "\"0 ns\"") == "must be more than 0");
  CHECK(rule("bank.shift_adder", "rate", "\"0 Hz\"") == "must be more than 0");
}

TEST_CASE("words that are no alternative are refused with the alternatives") {
  CHECK(rule("ou", "skipping", "\"some\"") == "must be one of \"none\", \"zero_groups\", \"compaction\"");
  CHECK(rule("weights", "mapping", "\"twos\"") ==
        "must be one of \"offset\", \"differential\", \"signed_cells\"");
  CHECK(rule("weights", "correction", "\"analog\"") == "must be one of \"digital\", \"unit_column\"");
  CHECK(rule("tile.lut", "mode", "\"search\"") == "must be one of \"threshold_search\", \"direct\"");
  CHECK(rule("chip", "idle_tiles", "\"off\"") == "must be one of \"gated\", \"leaking\"");
  CHECK(rule("mapping", "schedule", "\"serial\"") == "must be one of \"layer_serial\", \"layer_pipelined\"");
  CHECK(rule("mapping", "replication", "\"all\"") == "must be one of \"none\", \"balance\"");
  CHECK(rule("adc", "rate", "\"1.2 GHz\"") == "must be one of \"fixed_sample\", \"fixed_sar_clock\"");
}

TEST_CASE("a missing physical number is an error at its table") {
  const auto missing = [](const std::string& section, const std::string& key) {
    const BadFile bad = change("redpim", section, key, "");
    const std::string place = bad.at_line() + section + '.' + key + ": missing; it ";
    const std::string found = message(bad.text);
    INFO(found);
    CHECK(found.rfind(place, 0) == 0);
    return found.substr(place.size());
  };
  const std::string units = ": a number of 0 or more, a space and a unit ";
  CHECK(missing("array", "read_time") == "must be a time such as \"7.68 ns\"" + units + "(fs ps ns us ms s)");
  CHECK(missing("array", "write_energy") ==
        "must be an energy such as \"1.667 pJ\"" + units + "(fJ pJ nJ uJ mJ J)");
  CHECK(missing("dac", "area") == "must be an area such as \"1200 um^2\"" + units + "(um^2 mm^2 m^2)");
  CHECK(missing("tile.buffer", "leakage") ==
        "must be a power such as \"0.4 mW\"" + units + "(fW pW nW uW mW W kW)");
  CHECK(missing("adc", "sample_rate") ==
        "must be a rate such as \"1.2 GHz\"" + units + "(Hz kHz MHz GHz THz)");
  CHECK(missing("adc", "bits") == "must be an integer 1..14");
  CHECK(missing("weights", "flip") == "must be true or false");
}

TEST_CASE("every table with a physical number needs its source") {
  for (const char* section :
       {"array", "dac", "adc", "bank", "bank.shift_adder", "bank.sample_and_hold", "bank.offset_correction",
        "bank.input_register", "bank.output_register", "tile.buffer", "tile.bus", "tile.accumulator",
        "tile.lut", "tile.max_pool", "tile.output_register", "chip.router", "chip.external_link"}) {
    CAPTURE(section);
    const BadFile bad = change("redpim", section, "source", "");
    CHECK(message(bad.text) ==
          fmt::format("{}{}.source: missing; it must be a text in quotes that is not empty", bad.at_line(),
                      section));
    CHECK(rule(section, "source", "\"\"") == "must be a text in quotes that is not empty");
  }
}

TEST_CASE("a missing table is one error") {
  const std::regex table("\\[tile\\.max_pool\\][^\\[]*");
  const std::string text = std::regex_replace(preset_text("redpim"), table, "");
  const BadFile tile = change("redpim", "tile", "banks", "banks = 12");
  CHECK(message(text) ==
        fmt::format("bad.toml:{}:1: tile.max_pool: missing; it must be a table", tile.line - 1));
}

TEST_CASE("unknown keys are errors with the nearest known key") {
  BadFile bad = change("redpim", "array", "rows", "rosw = 128");
  CHECK(message(bad.text) == fmt::format("bad.toml:{}:1: array.rows: missing; it must be an integer 1..4096\n"
                                         "bad.toml:{}:1: array.rosw: unknown key; did you mean \"rows\"?",
                                         bad.line - 1, bad.line));
  bad = change("redpim", "chip", "tiles", "tiles = 168\ntemperature = 300");
  CHECK(message(bad.text) ==
        fmt::format("bad.toml:{}:1: chip.temperature: unknown key; known keys: external_link, "
                    "idle_tiles, router, tiles, tiles_per_router",
                    bad.line + 1));
  bad = change("redpim", "", "name", "name = \"x\"\nauthor = \"y\"");
  CHECK(message(bad.text).rfind(fmt::format("bad.toml:{}:1: author: unknown key; ", bad.line + 1), 0) == 0);
}

TEST_CASE("an anchor that a law does not use is an unknown key") {
  const BadFile bad = change("redpim", "adc", "law", "law = \"k1k2\"\nsupply_volts = 0.9\ncolumns = 128");
  const std::string found = message(bad.text);
  for (const char* key : {"rate", "reference_bits", "reference_power", "reference_area", "sample_rate"}) {
    CHECK(found.find(fmt::format("adc.{}: unknown key", key)) != std::string::npos);
  }
}

TEST_CASE("a law or readout that does not exist is the only problem of its table") {
  for (const char* preset : {"redpim", "isaac"}) {
    const BadFile bad = change(preset, "adc", "law", "law = \"isaak\"");
    CHECK(message(bad.text) ==
          bad.at_value() + "adc.law = \"isaak\": must be one of \"saberi\", \"isaac\", \"puma\", \"k1k2\", " +
              "\"survey\", \"fixed\", \"flash\", \"sar_fit\"");
  }
  const BadFile bad = change("sa-cim-flash2", "adc", "readout", "readout = \"stairs\"");
  CHECK(message(bad.text) == bad.at_value() +
                                 "adc.readout = \"stairs\": must be one of \"saturating\", \"staircase\", " +
                                 "\"adder_tree\"");
}

TEST_CASE("every law reads its own keys") {
  const auto load = [](const std::string& law, const std::string& keys) {
    const std::string text = preset_text("redpim");
    const std::size_t begin = text.find("law = ");
    const std::size_t end = text.find("leakage", begin);
    return read_accelerator(
               TomlDocument(text.substr(0, begin) + "law = \"" + law + "\"\n" + keys + text.substr(end),
                            "x.toml"))
        .adc.cost;
  };
  const std::string anchor =
      "reference_bits = 6\nreference_power = \"1 mW\"\nreference_area = \"500 um^2\"\nsample_rate = \"1 "
      "GHz\"\n";
  CHECK(load("fixed", anchor).reference_bits == 6);
  CHECK(load("puma", anchor).reference_power == parse<Watt>("1 mW"));
  CHECK(load("saberi", anchor + "rate = \"fixed_sar_clock\"\n").rate == AdcRate::fixed_sar_clock);
  CHECK(
      load("isaac", anchor + "rate = \"fixed_sample\"\nenergy_linear_share = 0.9\narea_linear_share = 0.5\n")
          .area_linear_share == 0.5);
  CHECK(load("k1k2", "supply_volts = 0.9\ncolumns = 128\n").supply_volts == 0.9);
  CHECK(load("survey", "technology_nm = 32\nsample_rate = \"1 GHz\"\n").technology_nm == 32);
  CHECK(load("flash", anchor).reference_bits == 6);
  CHECK(
      load("sar_fit",
           "power_per_bit = \"0.5 uW\"\npower_base = \"4 uW\"\ncomparison_rate = \"1 GHz\"\nreference_area = "
           "\"900 um^2\"\n")
          .power_per_bit == parse<Watt>("0.5 uW"));
}

TEST_CASE("a resolution where the law does not hold is refused at adc.bits") {
  const std::string law = "law = \"fixed\"";
  std::string text = change("redpim", "adc", "law", law).text;
  text.erase(text.find("rate = \"fixed_sample\"\n"), 22);
  const BadFile bits = change("redpim", "adc", "bits", "bits = 6");
  CHECK(message(text) ==
        bits.at_value() +
            "adc.bits = 6: ADC of 6 bits: the law \"fixed\" knows 8 bits only; choose a scaling law");
}

TEST_CASE("shares of a law lie between 0 and 1") {
  const BadFile bad = change("isaac", "adc", "energy_linear_share", "energy_linear_share = 1.5");
  CHECK(message(bad.text) == bad.at_value() + "adc.energy_linear_share = 1.5: must be a number 0..1");
}

TEST_CASE("all errors of a file come at once, in its order") {
  std::string text = change("redpim", "array", "cell_bits", "cell_bits = 5").text;
  text.replace(text.find("power = \"7 mW\""), 14, "power = \"7 mm\"");
  text.replace(text.find("tiles = 168"), 11, "tiles = 0  ");
  const std::string found = message(text);
  CHECK(std::count(found.begin(), found.end(), '\n') == 2);
  const std::size_t cells = found.find("array.cell_bits = 5: must be an integer 1..4");
  const std::size_t bus = found.find("tile.bus.power = \"7 mm\": must be a power");
  const std::size_t tiles = found.find("chip.tiles = 0: must be an integer 1..65536");
  CHECK(cells < bus);
  CHECK(bus < tiles);
  CHECK(tiles != std::string::npos);
}

TEST_CASE("overrides change a preset and are checked like the file") {
  const Accelerator changed = load_accelerator("redpim", {{"adc.bits", "5"}, {"array.read_time", "12.8 ns"}});
  CHECK(changed.adc.bits == 5);
  CHECK(changed.array.read_time == parse<Second>("12.8 ns"));
  CHECK_THROWS_WITH(load_accelerator("redpim", {{"adc.bits", "40"}, {"adc.bist", "5"}}),
                    "--set adc.bits=40: adc.bits = 40: must be an integer 1..14\n"
                    "--set adc.bist=5: adc.bist: unknown key; did you mean \"bits\"?");
}

TEST_CASE("a preset with random damage loads or is refused with a message, and nothing else happens") {
  const std::string original = preset_text("redpim");
  std::mt19937 random(20160618);
  std::size_t refused = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string text = original;
    for (int change = 0; change < 3; ++change) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = static_cast<char>(random() % 256);
          break;
        case 1:
          text.erase(at, random() % 40);
          break;
        case 2:
          text.insert(at, original.substr(random() % original.size(), random() % 40));
          break;
        default:
          text[at] = "0123456789.-\"[]=\n"[random() % 17];
      }
    }
    const std::string found = message(text);
    CAPTURE(round, found);
    CHECK((found == "accepted" || found.rfind("bad.toml:", 0) == 0));
    refused += found != "accepted";
  }
  CHECK(refused > 1000);
}

}  // namespace sumline
