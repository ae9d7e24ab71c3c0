// SPDX-License-Identifier: Apache-2.0
#include "configs/peak.hpp"

#include <algorithm>

#include "configs/cost.hpp"

namespace sumline {
namespace {

std::uint32_t divide_up(std::uint32_t value, std::uint32_t by) {
  return (value + by - 1) / by;
}

PeakPart sum(const Accelerator& accelerator, Scope scope) {
  PeakPart part;
  for (const Block& block : blocks(accelerator)) {
    if (block.scope != scope) continue;
    part.power += static_cast<double>(block.instances) * (block.busy_power + block.leakage);
    part.area += static_cast<double>(block.instances) * block.area;
  }
  return part;
}

bool forms_products(const Block& block) {
  return block.scope == Scope::bank || block.component == Component::accumulator ||
         block.component == Component::pac_engine || block.component == Component::sparsity_encoder;
}

PeakPart products(const Accelerator& accelerator) {
  PeakPart part;
  for (const Block& block : blocks(accelerator)) {
    if (!forms_products(block)) continue;
    const double instances = static_cast<double>(block.instances) * accelerator.chip.tiles *
                             (block.scope == Scope::bank ? accelerator.tile.banks : 1U);
    part.power += instances * (block.busy_power + block.leakage);
    part.area += instances * block.area;
  }
  return part;
}

void add(PeakPart& total, const PeakPart& part, double times) {
  total.power += times * part.power;
  total.area += times * part.area;
}

/// Blocks of bitlines that one group of wordlines is read in.
std::uint32_t blocks_of(const Accelerator& accelerator) {
  return divide_up(accelerator.array.columns, accelerator.ou.columns);
}

/// Of an OU read that lasts until `bitlines` bitlines are converted, too.
Second read_time(const Accelerator& accelerator, std::uint32_t bitlines) {
  const Second conversion = readout_figures(accelerator.adc).time;
  return std::max(accelerator.array.read_time,
                  static_cast<double>(divide_up(bitlines, accelerator.adc.per_array)) * conversion);
}

/// Bitlines that hold one weight.
std::uint32_t bitlines_per_weight(const Accelerator& accelerator) {
  if (accelerator.approximation) return std::max(accelerator.approximation->operand, 1U);
  if (accelerator.weights.mapping == WeightMapping::signed_cells) return 1;
  return divide_up(accelerator.peak.weight_bits, accelerator.array.cell_bits) *
         (accelerator.weights.mapping == WeightMapping::differential ? 2 : 1);
}

/// Times that all blocks of a group of wordlines are read for one input; chosen pairs read each slice as often as
/// it takes part in one.
double reads_per_group(const Accelerator& accelerator) {
  if (accelerator.approximation) {
    return static_cast<double>(accelerator.approximation->peak_pairs) / bitlines_per_weight(accelerator);
  }
  return divide_up(accelerator.peak.input_bits, accelerator.dac.bits);
}

/// @param group_time for all blocks of one group of wordlines
Hertz operations(const Accelerator& accelerator, Second group_time) {
  const ArrayConfig& array = accelerator.array;
  const double arrays =
      static_cast<double>(accelerator.chip.tiles) * accelerator.tile.banks * accelerator.bank.arrays;
  const double operations_per_array = 2.0 * array.rows * array.columns / bitlines_per_weight(accelerator);
  const double groups = divide_up(array.rows, accelerator.ou.rows) * reads_per_group(accelerator);
  return arrays * operations_per_array / (groups * group_time);
}

}  // namespace

PeakFigures peak_figures(const Accelerator& accelerator) {
  const PeakPart router = sum(accelerator, Scope::router);
  PeakFigures figures;
  figures.bank = sum(accelerator, Scope::bank);
  PeakPart tile = sum(accelerator, Scope::tile);
  add(tile, figures.bank, accelerator.tile.banks);
  figures.tile = tile;
  add(figures.tile, router, 1.0 / accelerator.chip.tiles_per_router);
  figures.chip = sum(accelerator, Scope::chip);
  add(figures.chip, tile, accelerator.chip.tiles);
  add(figures.chip, router, routers(accelerator.chip, accelerator.chip.tiles));

  figures.products = products(accelerator);

  // A unit column is read with the first block of a group.
  const double blocks = blocks_of(accelerator);
  const std::uint32_t bitlines = accelerator.ou.columns;
  const Second first = read_time(accelerator, bitlines + (has_unit_column(accelerator.weights) ? 1 : 0));
  figures.operations = operations(accelerator, blocks * accelerator.array.read_time);
  figures.sustained_operations =
      operations(accelerator, first + (blocks - 1) * read_time(accelerator, bitlines));
  return figures;
}

}  // namespace sumline
