// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "configs/accelerator.hpp"
#include "energy/cost_table.hpp"

/// From an accelerator's description to what its blocks cost, one list for the energy report and the peak
/// figures.
namespace sumline {

/// Of what a block is built once or several times.
enum class Scope : std::uint8_t { bank, tile, router, chip };

/// All instances of one component in one scope.
struct Block {
  Component component;
  Scope scope;
  std::uint64_t instances;  ///< in one scope
  Watt busy_power;          ///< of one instance at its peak rate, without leakage
  SquareMetre area;         ///< of one instance
  Watt leakage;             ///< of one instance
  std::string source;
};

/// DACs one per wordline and sample-and-holds one per bitline of each array, converters per array,
/// shift-adders and registers per bank, buffer, bus, accumulators, digital units (if any), LUT units, max-pool units and output
/// register per tile, routers, one external link.
std::vector<Block> blocks(const Accelerator& accelerator);

/// Of one converter: by its law; of one adder tree: its sum takes no time of its own, it ends within
/// array.read_time. @throws Error if the law does not hold at `adc.bits`
AdcFigures readout_figures(const AdcConfig& adc);

/// @param tiles_in_use tiles that work for the network, 1..chip.tiles; the others leak only where chip.idle_tiles =
/// leaking
CostTable cost_table(const Accelerator& accelerator, std::uint32_t tiles_in_use);

/// Routers of the chip when `tiles` tiles are connected.
std::uint32_t routers(const ChipConfig& chip, std::uint32_t tiles);

}  // namespace sumline
