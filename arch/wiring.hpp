// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "arch/mapping.hpp"

/// Who hands what to whom, read off the network's graph and the mapping.
namespace sumline {

/// What one layer keeps of another's map in the buffer of its own home tile.
struct BufferedCopy {
  std::uint32_t reader;
  std::uint64_t pixel_bits;  ///< of one position
  std::uint64_t
      encoded_bits;  ///< of its codes that the sparsity encoder counts; 0 where whole codes are kept
};

/// Where what the images or one layer hand on goes.
struct Outlet {
  std::uint32_t tile = 0;  ///< where it is made; images come from outside
  /// Of layers with weights that read it, and of layers that add it as their residual.
  std::vector<BufferedCopy> copies;
  std::vector<std::uint32_t> readers;  ///< these and the pooling layers: all must finish before it may go
};

struct Wiring {
  Outlet images;
  std::vector<Outlet> layers;  ///< [workload.layers]

  Wiring(const Workload& workload, const Mapping& mapping);
};

/// Positions of the input map, in raster order, that must be there before output `position` of a layer with a
/// window can start.
std::uint64_t needed_inputs(const Layer& layer, std::uint32_t position);

}  // namespace sumline
