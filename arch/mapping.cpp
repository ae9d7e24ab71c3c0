// SPDX-License-Identifier: Apache-2.0
#include "arch/mapping.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "arch/layer_homes.hpp"
#include "arch/mapping_rules.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

/// A stretch [begin, end) of a layer's arrays, in bank order, that is on the chip at one time.
struct Part {
  std::uint32_t layer;
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t replicas = 1;
};
using PhasePlan = std::vector<Part>;

std::uint32_t banks_of(const Part& part, const Accelerator& accelerator) {
  return (part.end - part.begin + accelerator.bank.arrays - 1) / accelerator.bank.arrays;
}

std::uint32_t banks_of_chip(const Accelerator& accelerator) {
  return accelerator.chip.tiles * accelerator.tile.banks;
}

/// The order in which arrays fill banks: the row tiles of one column tile follow each other, so that a bank
/// adds up as many as it can before anything travels.
std::vector<std::uint32_t> bank_order(const LayerMapping& mapping) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t column_tile = 0; column_tile < mapping.column_tiles; ++column_tile) {
    for (std::uint32_t row_tile = 0; row_tile < mapping.row_tiles; ++row_tile) {
      order.push_back(row_tile * mapping.column_tiles + column_tile);
    }
  }
  return order;
}

/// Layers share a phase as long as they fit; one that is larger than the chip takes as many phases as it
/// needs.
std::vector<PhasePlan> plan_phases(const std::vector<std::optional<LayerMapping>>& layers,
                                   const Accelerator& accelerator) {
  const std::uint32_t capacity = banks_of_chip(accelerator) * accelerator.bank.arrays;
  std::vector<PhasePlan> phases(1);
  std::uint32_t free_banks = banks_of_chip(accelerator);
  const auto start_phase = [&] {
    phases.emplace_back();
    free_banks = banks_of_chip(accelerator);
  };
  for (std::uint32_t index = 0; index < layers.size(); ++index) {
    if (!layers[index]) {
      continue;
    }
    Part rest{.layer = index, .begin = 0, .end = static_cast<std::uint32_t>(layers[index]->regions.size())};
    if (banks_of(rest, accelerator) > free_banks && !phases.back().empty()) {
      start_phase();
    }
    for (; banks_of(rest, accelerator) > free_banks; rest.begin += capacity) {
      phases.back().push_back({.layer = index, .begin = rest.begin, .end = rest.begin + capacity});
      start_phase();
    }
    phases.back().push_back(rest);
    free_banks -= banks_of(rest, accelerator);
  }
  return phases;
}

/// Gives the free banks of a phase, one replica at a time, to the complete layer with the most positions per
/// replica.
void replicate(PhasePlan& parts, const Workload& workload, std::vector<std::optional<LayerMapping>>& layers,
               const Accelerator& accelerator) {
  std::uint32_t free_banks = banks_of_chip(accelerator);
  for (const Part& part : parts) {
    free_banks -= banks_of(part, accelerator);
  }
  const auto positions = [&](const Part& part) { return workload.layers[part.layer].out.positions(); };
  const auto can_grow = [&](const Part& part) {
    return part.end - part.begin == layers[part.layer]->regions.size() && part.replicas < positions(part) &&
           banks_of(part, accelerator) <= free_banks;
  };
  for (;;) {
    Part* busiest = nullptr;
    for (Part& part : parts) {
      if (can_grow(part) &&
          (busiest == nullptr || positions(part) * busiest->replicas > positions(*busiest) * part.replicas)) {
        busiest = &part;
      }
    }
    if (busiest == nullptr) {
      return;
    }
    free_banks -= banks_of(*busiest, accelerator);
    layers[busiest->layer]->replicas = ++busiest->replicas;
  }
}

/// Cells of one array that carry anything, a unit column included.
std::uint64_t cells_of(const ArrayRegion& region, const LayerMapping& mapping,
                       const Accelerator& accelerator) {
  const bool corrects = mapping.weights.constant != 0 || accelerator.weights.flip;
  const bool unit_column = corrects && accelerator.weights.correction == OffsetCorrection::unit_column;
  return std::uint64_t{region.rows.size()} *
         (region.column_end - region.column_begin + (unit_column ? 1 : 0));
}

/// Lays out one phase bank by bank, tile by tile.
Phase place(const PhasePlan& parts, const std::vector<std::optional<LayerMapping>>& layers,
            const Accelerator& accelerator) {
  Phase phase{};
  std::uint32_t next_bank = 0;
  for (const Part& part : parts) {
    const LayerMapping& mapping = *layers[part.layer];
    const std::vector<std::uint32_t> order = bank_order(mapping);
    Pass pass{part.layer, part.end == mapping.regions.size(), std::vector<Replica>(part.replicas), 0};
    for (Replica& replica : pass.replicas) {
      for (std::uint32_t begin = part.begin; begin < part.end;
           begin += accelerator.bank.arrays, ++next_bank) {
        const std::uint32_t end = std::min(begin + accelerator.bank.arrays, part.end);
        replica.banks.push_back({next_bank / accelerator.tile.banks,
                                 next_bank % accelerator.tile.banks,
                                 {order.begin() + begin, order.begin() + end}});
      }
    }
    for (std::uint32_t index = part.begin; index < part.end; ++index) {
      const ArrayRegion& region = mapping.regions[order[index]];
      pass.cells_written += cells_of(region, mapping, accelerator) * part.replicas;
      phase.rows_written = std::max(phase.rows_written, region.rows.size());
    }
    if (pass.last_part) {
      pass.cells_written += weight_count_cells(mapping);
    }
    phase.cells_written += pass.cells_written;
    phase.passes.push_back(std::move(pass));
  }
  return phase;
}

std::set<std::uint32_t> used_tiles(const Mapping& mapping) {
  std::set<std::uint32_t> tiles;
  for (const LayerHome& home : mapping.homes) tiles.insert(home.tile);
  for (const Phase& phase : mapping.phases) {
    for (const Pass& pass : phase.passes) {
      for (const Replica& replica : pass.replicas) {
        for (const BankPlacement& bank : replica.banks) tiles.insert(bank.tile);
      }
    }
  }
  return tiles;
}

std::uint32_t arrays_of(const PhasePlan& parts) {
  return std::accumulate(
      parts.begin(), parts.end(), std::uint32_t{0},
      [](std::uint32_t sum, const Part& part) { return sum + (part.end - part.begin) * part.replicas; });
}

}  // namespace

std::uint32_t Mapping::tiles() const {
  return *used_tiles(*this).rbegin() + 1;
}

std::uint32_t Mapping::tiles_in_use() const {
  return static_cast<std::uint32_t>(used_tiles(*this).size());
}

Mapping map_network(const Workload& workload, const Accelerator& accelerator) {
  check_combination(accelerator);
  Mapping mapping{.layers = {},
                  .homes = {},
                  .phases = {},
                  .arrays_used = 0,
                  .arrays_available = banks_of_chip(accelerator) * accelerator.bank.arrays};
  for (const Layer& layer : workload.layers) {
    mapping.layers.push_back(
        on_arrays(layer, accelerator)
            ? std::optional(cut_layer(layer, source_shape(workload, layer).channels, accelerator))
            : std::nullopt);
  }
  for (PhasePlan& plan : plan_phases(mapping.layers, accelerator)) {
    if (accelerator.mapping.replication == Replication::balance) {
      replicate(plan, workload, mapping.layers, accelerator);
    }
    mapping.arrays_used = std::max(mapping.arrays_used, arrays_of(plan));
    mapping.phases.push_back(place(plan, mapping.layers, accelerator));
  }
  mapping.homes = layer_homes(workload, mapping.layers, mapping.phases);
  check_buffers(workload, mapping, accelerator);
  return mapping;
}

BankTraffic bank_traffic(const Mapping& whole, std::size_t layer, const BankPlacement& bank) {
  const LayerMapping& mapping = *whole.layers[layer];
  const auto slices = static_cast<std::uint32_t>(mapping.weights.slices.size());
  std::vector<bool> row_tiles(mapping.row_tiles, false);
  std::vector<bool> fed;
  BankTraffic traffic{0, 0, 0, bank.tile != whole.homes[layer].tile};
  for (const std::uint32_t index : bank.arrays) {
    const ArrayRegion& region = mapping.regions[index];
    if (const std::uint32_t row_tile = index / mapping.column_tiles; !row_tiles[row_tile]) {
      row_tiles[row_tile] = true;
      traffic.input_bits += std::uint64_t{region.rows.size()} * mapping.activations.driven_bits();
    }
    fed.resize(std::max<std::size_t>(fed.size(), (region.column_end - 1) / slices + 1), false);
    std::fill(fed.begin() + region.column_begin / slices, fed.begin() + (region.column_end - 1) / slices + 1,
              true);
  }
  traffic.outputs = static_cast<std::uint64_t>(std::count(fed.begin(), fed.end(), true));
  traffic.output_bits = traffic.outputs * whole.homes[layer].accumulator_bits;
  return traffic;
}

std::uint64_t window_count_bits(const Layer& layer, const LayerMapping& mapping, const Pass& pass) {
  const bool wanted = mapping.rule && (pass.last_part || mapping.rule->classes.size() > 1);
  return wanted ? layer.rows() / mapping.pixel.channels * mapping.pixel.counts : 0;
}

std::uint64_t weight_count_cells(const LayerMapping& mapping) {
  if (!mapping.rule) {
    return 0;
  }
  const auto outputs = mapping.regions.back().column_end / mapping.weights.slices.size();
  const std::uint64_t planes = mapping.weights.slices.size() + mapping.weights.dropped;
  const std::uint32_t rows = mapping.regions.back().rows.end;
  const std::uint32_t step = mapping.rule->segment_rows == 0 ? rows : mapping.rule->segment_rows;
  std::uint64_t bits = 0;
  for (std::uint32_t begin = 0; begin < rows; begin += step) {
    bits += outputs * planes * static_cast<std::uint64_t>(std::bit_width(std::min(step, rows - begin)));
  }
  return bits;
}

}  // namespace sumline
