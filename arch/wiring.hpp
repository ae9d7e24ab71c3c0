// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "arch/mapping.hpp"

/// Who hands codes to whom, read off the network's graph and the mapping.
namespace sumline {

/// Where the codes of the images or of one layer go.
struct Outlet {
  std::uint32_t tile =
      0;  ///< where they leave a LUT or max-pool unit; images: where they are pooled, if at all
  std::vector<std::uint32_t>
      buffered;  ///< layers with weights that read them: each from a copy in its home tile
  std::vector<std::uint32_t> readers;  ///< these and the max_pool layers
};

struct Wiring {
  Outlet images;
  std::vector<Outlet> layers;  ///< [workload.layers]
  std::vector<std::uint32_t>
      image_fed;  ///< layers with weights that the images reach directly or through pooling

  Wiring(const Workload& workload, const Mapping& mapping);
};

/// Positions of the input map, in raster order, that must be there before output `position` can start.
std::uint64_t needed_inputs(const Layer& layer, std::uint32_t position);

}  // namespace sumline
