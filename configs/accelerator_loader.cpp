// SPDX-License-Identifier: Apache-2.0
#include "configs/accelerator_loader.hpp"

#include <algorithm>

#include "configs/block_reader.hpp"
#include "configs/cost.hpp"
#include "configs/presets.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::uint32_t kMaxLines = 4096;  // wordlines or bitlines of an array
constexpr std::uint32_t kMaxStaircaseBits = 8;

ArrayConfig read_array(const TomlTable& table) {
  ArrayConfig array;
  array.rows = table.integer32("rows", {1, kMaxLines});
  array.columns = table.integer32("columns", {1, kMaxLines});
  array.cell_bits = table.integer32("cell_bits", {1, 4});
  if (table.has("layout")) {
    array.layout = table.choice<BitlineLayout>("layout", {{"output_major", BitlineLayout::output_major},
                                                          {"slice_major", BitlineLayout::slice_major}});
  }
  array.read_time = table.positive<Second>("read_time");
  array.write_time = table.positive<Second>("write_time");
  array.write_energy = table.quantity<Joule>("write_energy");
  array.cost = read_block(table);
  return array;
}

/// Signed cells leave nothing to correct or to invert, so the keys of that are unknown there.
WeightConfig read_weights(const TomlTable& table) {
  WeightConfig weights;
  weights.mapping = table.choice<WeightMapping>("mapping", {{"offset", WeightMapping::offset},
                                                            {"differential", WeightMapping::differential},
                                                            {"signed_cells", WeightMapping::signed_cells}});
  if (weights.mapping == WeightMapping::signed_cells) return weights;
  weights.correction = table.choice<OffsetCorrection>(
      "correction", {{"digital", OffsetCorrection::digital}, {"unit_column", OffsetCorrection::unit_column}});
  weights.flip = table.boolean("flip");
  return weights;
}

OuConfig read_ou(const TomlTable& table, const ArrayConfig& array, const WeightConfig& weights) {
  OuConfig ou;
  ou.rows = table.integer32("rows", {1, kMaxLines});
  ou.columns = table.integer32("columns", {1, kMaxLines});
  if (array.rows != 0 && ou.rows > array.rows) {
    table.problem("rows", "must not exceed array.rows (" + std::to_string(array.rows) + ")");
  }
  if (array.columns != 0 && ou.columns > array.columns) {
    table.problem("columns", "must not exceed array.columns (" + std::to_string(array.columns) + ")");
  }
  ou.skipping = table.choice<Skipping>("skipping", {{"none", Skipping::none},
                                                    {"zero_groups", Skipping::zero_groups},
                                                    {"compaction", Skipping::compaction}});
  ou.skip_zero_columns = table.boolean("skip_zero_columns");
  if (ou.skip_zero_columns && ou.skipping == Skipping::compaction) {
    table.problem("skip_zero_columns",
                  "must be false with skipping = \"compaction\", which forms groups anew");
  }
  if (ou.skip_zero_columns && has_unit_column(weights)) {
    table.problem("skip_zero_columns",
                  "must be false with weights.correction = \"unit_column\", which is read with every group");
  }
  return ou;
}

DacConfig read_dac(const TomlTable& table) {
  DacConfig dac;
  dac.bits = table.integer32("bits", {1, 8});
  dac.cost = read_block(table);
  return dac;
}

void read_anchor(const TomlTable& table, AdcCost& cost) {
  cost.reference_bits = table.integer32("reference_bits", {1, kMaxAdcBits});
  cost.reference_power = table.positive<Watt>("reference_power");
  cost.reference_area = table.quantity<SquareMetre>("reference_area");
  cost.sample_rate = table.positive<Hertz>("sample_rate");
}

void read_rate(const TomlTable& table, AdcCost& cost) {
  cost.rate = table.choice<AdcRate>(
      "rate", {{"fixed_sample", AdcRate::fixed_sample}, {"fixed_sar_clock", AdcRate::fixed_sar_clock}});
}

/// Every law reads exactly the keys it uses, so a key of another law is reported as unknown.
AdcCost read_adc_cost(const TomlTable& table) {
  AdcCost cost;
  const auto law = table.deciding_choice<AdcLaw>("law", {{"saberi", AdcLaw::saberi},
                                                         {"isaac", AdcLaw::isaac},
                                                         {"puma", AdcLaw::puma},
                                                         {"k1k2", AdcLaw::k1k2},
                                                         {"survey", AdcLaw::survey},
                                                         {"fixed", AdcLaw::fixed},
                                                         {"flash", AdcLaw::flash},
                                                         {"sar_fit", AdcLaw::sar_fit}});
  if (!law) return cost;
  cost.law = *law;
  switch (cost.law) {
    case AdcLaw::isaac:
      cost.energy_linear_share = table.number("energy_linear_share", {0, 1});
      cost.area_linear_share = table.number("area_linear_share", {0, 1});
      [[fallthrough]];
    case AdcLaw::saberi:
      read_rate(table, cost);
      [[fallthrough]];
    case AdcLaw::puma:
    case AdcLaw::fixed:
    case AdcLaw::flash:
      read_anchor(table, cost);
      break;
    case AdcLaw::sar_fit:
      cost.power_per_bit = table.positive<Watt>("power_per_bit");
      cost.power_base = table.quantity<Watt>("power_base");
      cost.comparison_rate = table.positive<Hertz>("comparison_rate");
      cost.reference_area = table.quantity<SquareMetre>("reference_area");
      break;
    case AdcLaw::k1k2:
      cost.supply_volts = table.number("supply_volts", {0.1, 5});
      cost.columns = table.integer32("columns", {1, kMaxLines});
      break;
    case AdcLaw::survey:
      cost.technology_nm = table.number("technology_nm", {1, 1000});
      cost.sample_rate = table.positive<Hertz>("sample_rate");
      break;
  }
  cost.leakage = table.quantity<Watt>("leakage");
  cost.source = table.text("source");
  return cost;
}

void read_staircase(const TomlTable& table, const OuConfig& ou, const WeightConfig& weights, AdcConfig& adc) {
  adc.full_scale = table.integer32("full_scale", {1, kMaxLines});
  if (weights.mapping != WeightMapping::signed_cells) {
    table.problem("readout",
                  "a staircase spans sums of both signs: needs weights.mapping = \"signed_cells\"");
  }
  if (ou.skipping != Skipping::none || ou.skip_zero_columns) {
    table.problem("readout",
                  "a staircase has no code for 0, so that no read can be left out: needs ou.skipping = "
                  "\"none\" and ou.skip_zero_columns = false");
  }
}

AdcConfig read_adc(const TomlTable& table, const OuConfig& ou, const WeightConfig& weights) {
  AdcConfig adc;
  if (table.has("readout")) {
    const auto readout =
        table.deciding_choice<ReadoutKind>("readout", {{"saturating", ReadoutKind::saturating},
                                                       {"staircase", ReadoutKind::staircase},
                                                       {"adder_tree", ReadoutKind::adder_tree}});
    if (!readout) return adc;
    adc.readout = *readout;
  }
  adc.per_array = table.integer32("per_array", {1, kMaxLines});
  switch (adc.readout) {
    case ReadoutKind::staircase:
      read_staircase(table, ou, weights, adc);
      [[fallthrough]];
    case ReadoutKind::saturating:
      adc.bits = table.integer32("bits", {1, kMaxAdcBits});
      if (adc.readout == ReadoutKind::staircase && adc.bits > kMaxStaircaseBits) {
        table.problem("bits", "a staircase has 1 to " + std::to_string(kMaxStaircaseBits) + " bits");
      }
      adc.cost = read_adc_cost(table);
      break;
    case ReadoutKind::adder_tree:
      adc.adder_tree = read_block(table);
      break;
  }
  return adc;
}

/// The law itself knows where it holds.
void check_adc_law(const TomlTable& table, const AdcConfig& adc) {
  try {
    readout_figures(adc);
  } catch (const Error& error) {
    table.problem("bits", error.what());
  }
}

BankConfig read_bank(const TomlTable& table, const WeightConfig& weights) {
  BankConfig bank;
  bank.arrays = table.integer32("arrays", {1, kMaxInstances});
  bank.shift_adders = table.integer32("shift_adders", {1, kMaxInstances});
  bank.shift_add_time = table.quantity<Second>("shift_add_time");
  table.text("source");
  bank.shift_adder = read_block(table.table("shift_adder"));
  bank.sample_and_hold = read_block(table.table("sample_and_hold"));
  bank.input_register = read_block(table.table("input_register"));
  bank.output_register = read_block(table.table("output_register"));
  // A preset with a unit column may keep the adder's table, so that `--set weights.correction=digital` works.
  if (has_digital_correction(weights) || table.has("offset_correction")) {
    bank.offset_correction = read_block(table.table("offset_correction"));
  }
  return bank;
}

BufferConfig read_buffer(const TomlTable& table) {
  BufferConfig buffer;
  buffer.capacity_bits = table.integer("capacity_bits", {1, std::uint64_t{1} << 40});
  buffer.write_energy = table.quantity<Joule>("write_energy");
  buffer.read = read_block(table);
  return buffer;
}

LutConfig read_lut(const TomlTable& table) {
  LutConfig lut{};
  lut.mode = table.choice<LutMode>(
      "mode", {{"threshold_search", LutMode::threshold_search}, {"direct", LutMode::direct}});
  if (lut.mode == LutMode::direct) lut.index_bits = table.integer32("index_bits", {2, 16});
  lut.service = read_service(table);
  return lut;
}

TileConfig read_tile(const TomlTable& table) {
  TileConfig tile;
  tile.banks = table.integer32("banks", {1, kMaxInstances});
  tile.buffer = read_buffer(table.table("buffer"));
  tile.bus = read_link(table.table("bus"));
  tile.accumulator = read_service(table.table("accumulator"));
  if (table.has("digital")) tile.digital = read_service(table.table("digital"));
  tile.lut = read_lut(table.table("lut"));
  tile.max_pool = read_service(table.table("max_pool"));
  tile.output_register = read_block(table.table("output_register"));
  return tile;
}

ChipConfig read_chip(const TomlTable& table) {
  ChipConfig chip;
  chip.tiles = table.integer32("tiles", {1, kMaxInstances});
  chip.tiles_per_router = table.integer32("tiles_per_router", {1, kMaxInstances});
  chip.idle_tiles =
      table.choice<IdleTiles>("idle_tiles", {{"gated", IdleTiles::gated}, {"leaking", IdleTiles::leaking}});
  chip.router = read_link(table.table("router"));
  chip.external_link = read_link(table.table("external_link"));
  return chip;
}

MappingConfig read_mapping(const TomlTable& table) {
  return {table.choice<Schedule>("schedule", {{"layer_serial", Schedule::layer_serial},
                                              {"layer_pipelined", Schedule::layer_pipelined}}),
          table.choice<Replication>("replication",
                                    {{"none", Replication::none}, {"balance", Replication::balance}}),
          table.has("row_tiles")
              ? table.choice<RowTiles>(
                    "row_tiles", {{"dense", RowTiles::dense}, {"whole_channels", RowTiles::whole_channels}})
              : RowTiles::dense};
}

ApproximationConfig read_approximation(const TomlTable& table) {
  ApproximationConfig approximation;
  approximation.operand = table.integer32("operand", {0, 8});
  approximation.dynamic = table.boolean("dynamic");
  if (approximation.dynamic) {
    const std::vector<double> thresholds = table.numbers("thresholds", {0, 1e9});
    if (thresholds.size() != 3 || !std::is_sorted(thresholds.begin(), thresholds.end())) {
      table.problem("thresholds", "must be three numbers that ascend");
    } else {
      std::copy(thresholds.begin(), thresholds.end(), approximation.thresholds.begin());
    }
    if (approximation.operand != 4) {
      table.problem("operand", "must be 4 with dynamic = true, whose classes are defined for it");
    }
  }
  approximation.segments = table.boolean("segments");
  approximation.peak_pairs = table.integer32("peak_pairs", {1, 64});
  approximation.engine = read_service(table.table("engine"));
  approximation.encoder = read_block(table.table("encoder"));
  return approximation;
}

}  // namespace

Accelerator read_accelerator(const TomlDocument& document) {
  const TomlTable root = document.root();
  const TomlTable adc = root.table("adc");
  const TomlTable peak = root.table("peak");
  Accelerator accelerator;
  accelerator.name = root.text("name");
  accelerator.description = root.text("description");
  accelerator.array = read_array(root.table("array"));
  accelerator.weights = read_weights(root.table("weights"));
  accelerator.ou = read_ou(root.table("ou"), accelerator.array, accelerator.weights);
  accelerator.dac = read_dac(root.table("dac"));
  accelerator.adc = read_adc(adc, accelerator.ou, accelerator.weights);
  accelerator.bank = read_bank(root.table("bank"), accelerator.weights);
  accelerator.tile = read_tile(root.table("tile"));
  accelerator.chip = read_chip(root.table("chip"));
  accelerator.mapping = read_mapping(root.table("mapping"));
  accelerator.peak = {peak.integer32("input_bits", {1, 16}), peak.integer32("weight_bits", {1, 16})};
  if (root.has("approximation")) {
    const TomlTable approximation = root.table("approximation");
    accelerator.approximation = read_approximation(approximation);
    const std::string conflict = approximation_conflict(accelerator);
    if (!document.has_problems() && !conflict.empty()) approximation.problem("operand", conflict);
  }
  if (!document.has_problems()) check_adc_law(adc, accelerator.adc);
  document.finish();
  return accelerator;
}

Accelerator load_accelerator(const std::string& argument, const std::vector<TomlOverride>& overrides) {
  return read_accelerator(open_config("accelerators", argument, overrides));
}

}  // namespace sumline
