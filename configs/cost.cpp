// SPDX-License-Identifier: Apache-2.0
#include "configs/cost.hpp"

#include "energy/error.hpp"

namespace sumline {
namespace {

Block block(Component component, Scope scope, std::uint64_t instances, const BlockCost& cost) {
  return {component, scope, instances, cost.energy * cost.peak_rate, cost.area, cost.leakage, cost.source};
}

Block adc_block(const Accelerator& accelerator) {
  const AdcConfig& adc = accelerator.adc;
  const AdcFigures figures = readout_figures(adc);
  const bool tree = adc.readout == ReadoutKind::adder_tree;
  return {Component::adc,
          Scope::bank,
          std::uint64_t{accelerator.bank.arrays} * adc.per_array,
          figures.power,
          figures.area,
          tree ? adc.adder_tree.leakage : adc.cost.leakage,
          tree ? adc.adder_tree.source : adc.cost.source};
}

/// How many of a scope there are when `tiles` tiles are counted.
std::uint64_t scopes(const Accelerator& accelerator, Scope scope, std::uint32_t tiles) {
  switch (scope) {
    case Scope::bank:
      return std::uint64_t{tiles} * accelerator.tile.banks;
    case Scope::tile:
      return tiles;
    case Scope::router:
      return routers(accelerator.chip, tiles);
    case Scope::chip:
      return 1;
  }
  SUMLINE_ASSERT(false, "unknown scope");
}

}  // namespace

AdcFigures readout_figures(const AdcConfig& adc) {
  switch (adc.readout) {
    case ReadoutKind::saturating:
    case ReadoutKind::staircase:
      return adc_figures(adc.cost, adc.bits);
    case ReadoutKind::adder_tree:
      return {adc.adder_tree.energy, seconds(0), adc.adder_tree.area,
              adc.adder_tree.energy * adc.adder_tree.peak_rate};
  }
  SUMLINE_ASSERT(false, "unknown readout");
}

std::uint32_t routers(const ChipConfig& chip, std::uint32_t tiles) {
  return (tiles + chip.tiles_per_router - 1) / chip.tiles_per_router;
}

std::vector<Block> blocks(const Accelerator& accelerator) {
  const BankConfig& bank = accelerator.bank;
  const TileConfig& tile = accelerator.tile;
  const ServiceConfig digital = tile.digital.value_or(ServiceConfig{});
  const std::uint64_t arrays = bank.arrays;
  const bool corrects = has_digital_correction(accelerator.weights);
  std::vector<Block> blocks{
      block(Component::dac, Scope::bank, arrays * accelerator.array.rows, accelerator.dac.cost),
      block(Component::array, Scope::bank, arrays, accelerator.array.cost),
      block(Component::sample_and_hold, Scope::bank, arrays * accelerator.array.columns,
            bank.sample_and_hold),
      adc_block(accelerator),
      block(Component::shift_adder, Scope::bank, bank.shift_adders, bank.shift_adder),
      block(Component::offset_correction, Scope::bank, corrects ? 1 : 0, bank.offset_correction),
      block(Component::input_register, Scope::bank, 1, bank.input_register),
      block(Component::output_register, Scope::bank, 1, bank.output_register),
      block(Component::buffer, Scope::tile, 1, tile.buffer.read),
      block(Component::bus, Scope::tile, 1, tile.bus.cost),
      block(Component::router, Scope::router, 1, accelerator.chip.router.cost),
      block(Component::external_link, Scope::chip, 1, accelerator.chip.external_link.cost),
      block(Component::accumulator, Scope::tile, tile.accumulator.per_tile, tile.accumulator.cost),
      block(Component::digital, Scope::tile, digital.per_tile, digital.cost),
      block(Component::lut, Scope::tile, tile.lut.service.per_tile, tile.lut.service.cost),
      block(Component::max_pool, Scope::tile, tile.max_pool.per_tile, tile.max_pool.cost),
      block(Component::tile_output_register, Scope::tile, 1, tile.output_register),
  };
  if (const auto& approximation = accelerator.approximation) {
    blocks.push_back(block(Component::pac_engine, Scope::tile, approximation->engine.per_tile,
                           approximation->engine.cost));
    blocks.push_back(block(Component::sparsity_encoder, Scope::tile, 1, approximation->encoder));
  }
  return blocks;
}

CostTable cost_table(const Accelerator& accelerator, std::uint32_t tiles_in_use) {
  const std::uint32_t tiles = accelerator.chip.tiles;
  SUMLINE_ASSERT(tiles_in_use >= 1 && tiles_in_use <= tiles, "tiles in use must be tiles of the chip");
  const std::uint32_t powered = accelerator.chip.idle_tiles == IdleTiles::gated ? tiles_in_use : tiles;
  CostTable table;
  for (const Block& part : blocks(accelerator)) {
    table[part.component] = {part.instances * scopes(accelerator, part.scope, tiles),
                             part.instances * scopes(accelerator, part.scope, powered), part.area,
                             part.leakage, part.source};
  }
  table[Component::programming].source = accelerator.array.cost.source;

  const Joule conversion = readout_figures(accelerator.adc).energy;
  const BankConfig& bank = accelerator.bank;
  const TileConfig& tile = accelerator.tile;
  table[Action::wordline_activation] = accelerator.dac.cost.energy;
  // A cell of an adder tree's array works in every read, one of a bitline only where its wordline is driven.
  const bool digital = accelerator.adc.readout == ReadoutKind::adder_tree;
  table[digital ? Action::cell_product : Action::cell_activation] = accelerator.array.cost.energy;
  table[Action::column_sample] = bank.sample_and_hold.energy;
  table[Action::adc_conversion] = conversion;
  table[Action::unit_conversion] = conversion;
  table[Action::shift_add] = bank.shift_adder.energy;
  table[Action::offset_add] = bank.offset_correction.energy;
  table[Action::input_register_bit] = bank.input_register.energy;
  table[Action::output_register_bit] = bank.output_register.energy;
  table[Action::buffer_read_bit] = tile.buffer.read.energy;
  table[Action::buffer_write_bit] = tile.buffer.write_energy;
  table[Action::bus_bit] = tile.bus.cost.energy;
  table[Action::router_bit] = accelerator.chip.router.cost.energy;
  table[Action::external_bit] = accelerator.chip.external_link.cost.energy;
  table[Action::accumulator_add] = tile.accumulator.cost.energy;
  if (tile.digital) table[Action::digital_mac] = tile.digital->cost.energy;
  table[Action::lut_lookup] = tile.lut.service.cost.energy;
  table[Action::pool_compare] = tile.max_pool.cost.energy;
  table[Action::tile_register_bit] = tile.output_register.energy;
  if (const auto& approximation = accelerator.approximation) {
    table[Action::pac_product] = approximation->engine.cost.energy;
    table[Action::encoder_bit] = approximation->encoder.energy;
  }
  table[Action::cell_write] = accelerator.array.write_energy;
  return table;
}

}  // namespace sumline
