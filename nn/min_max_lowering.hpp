// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "nn/image_codes.hpp"
#include "nn/lowering.hpp"
#include "nn/network.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// Smallest and largest values of a map.
struct MapRange {
  float low;
  float high;
};

/// Static ranges of a network's maps, for hardware that cannot look at a map before it quantises it.
struct MapRanges {
  MapRange images;
  std::vector<MapRange> nodes;  ///< behind each node
};

/// Over the first `count` images: the ranges that the dynamic quantisers find where they see all these images as one
/// batch. @param network its arithmetic is left as given
MapRanges calibrate(Network& network, const Images& images, std::size_t count, const PixelTable& table,
                    const Arithmetic& arithmetic = {.mode = ArithmeticMode::inference});

/// The layers of a bit-wise network as integers: unsigned weight codes with a real zero point (sum_scale), maps as
/// unsigned codes over their calibrated ranges, batch norm folded. A branch that a residual block adds is handed on
/// as codes, too: as sums it would lose its weights' zero point.
/// @throws Error naming the layer that has no integer form, or whose map has one value only
Workload lower_min_max(const NetworkConfig& config, const std::string& bits, const Network& network,
                       const MapRanges& ranges);

/// Codes of the pixels over their range.
CodeTable min_max_image_codes(const CodeFormat& format, const MapRange& range, const PixelTable& table);

}  // namespace sumline
