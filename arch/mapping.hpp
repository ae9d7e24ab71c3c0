// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "arch/layer_mapping.hpp"
#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

/// Where every piece of every layer stands: layers are cut into arrays, arrays fill banks, banks fill tiles.
namespace sumline {

/// A bank: arrays of one layer that share an input and an output register. Position in the chip: tile, bank.
struct BankPlacement {
  std::uint32_t tile;
  std::uint32_t bank;
  std::vector<std::uint32_t> arrays;  ///< indices into LayerMapping::regions
};

/// One copy of (a part of) a layer. Replica r computes the output positions p with p % replicas == r.
struct Replica {
  std::vector<BankPlacement> banks;
};

/// A layer, or the part of a layer that is on the chip at one time.
struct Pass {
  std::uint32_t layer;  ///< index into Workload::layers
  bool last_part;       ///< the layer's outputs are complete after this pass
  std::vector<Replica> replicas;
  std::uint64_t cells_written;  ///< of all replicas, unit columns included
};

/// Layers that are on the chip together. Between phases the arrays are programmed anew.
struct Phase {
  std::vector<Pass> passes;
  std::uint64_t cells_written;  ///< sum over passes
  std::uint32_t rows_written;   ///< of the fullest array; arrays are programmed side by side, row after row
};

/// Where a layer does what needs no arrays, and how wide its integers are.
struct LayerHome {
  std::uint32_t tile;  ///< holds the input map and the residual, adds up row tiles, requantises
  std::uint64_t largest_accumulator;  ///< magnitude of an integer A
  std::uint32_t accumulator_bits;     ///< of A, or of a part of it, on a bus
};

struct Mapping {
  std::vector<std::optional<LayerMapping>> layers;  ///< [workload.layers], empty for layers without arrays
  std::vector<LayerHome> homes;                     ///< [workload.layers]
  std::vector<Phase> phases;                        ///< one: the network stays resident
  std::uint32_t arrays_used;                        ///< of the fullest phase, replicas included
  std::uint32_t arrays_available;                   ///< of the chip

  bool resident() const { return phases.size() == 1; }
  /// Tiles 0 to this minus one hold all banks and homes.
  std::uint32_t tiles() const;
  /// Of these, those with a bank or a home.
  std::uint32_t tiles_in_use() const;
};

/// Arrays are cut from the layer's digit matrix, in whole outputs where array.layout = slice_major, and fill banks column tile by column tile, so that the
/// row tiles of one column tile meet in a bank where they fit and their sums are added before they travel;
/// banks fill tiles in layer order. With Replication::balance the free banks of a phase go, one replica at a
/// time, to the layer with the most positions per replica (the first of equals) until nothing fits or every
/// position has its own.
///
/// Layers without weights stand on no arrays, and neither do exact ones where the chip has digital units. What
/// they do is done where it is at hand: pooling in the tile that makes its input, the others in the home of the
/// array layer before them (the first one behind, where there is none).
/// @throws Error naming the layer if its input map does not fit the buffer of its home tile, its encoding
/// has no mapping, or its sums are too wide.
Mapping map_network(const Workload& workload, const Accelerator& accelerator);

/// Bits that move when one bank works on one output position: known from the mapping alone. The functional
/// engine multiplies them by positions; the event engine moves them one by one, and a test compares the two.
struct BankTraffic {
  std::uint64_t input_bits;   ///< codes of the distinct rows its arrays use: buffer -> bus -> input register
  std::uint64_t outputs;      ///< distinct outputs its arrays feed
  std::uint64_t output_bits;  ///< their accumulators: output register -> bus -> accumulator
  bool crosses_tiles;  ///< the bank is not in the layer's home tile: both directions also pass the router
};
BankTraffic bank_traffic(const Mapping& mapping, std::size_t layer, const BankPlacement& bank);

/// Bits of the counts under one window, which the PAC computation engine takes from the home tile's buffer
/// over its bus: with a layer's last part, and with every part where they decide which pairs are read; 0 where
/// nothing is approximated.
std::uint64_t window_count_bits(const Layer& layer, const LayerMapping& mapping, const Pass& pass);
/// Cells that keep how many weights of each filter (and segment) have each bit set, which stand for the weight bits
/// that no array holds: one copy in the home tile, written with the layer's last part.
std::uint64_t weight_count_cells(const LayerMapping& mapping);

}  // namespace sumline
