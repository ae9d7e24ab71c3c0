// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "arch/mapping.hpp"

/// What the mapping tells of layers beside their arrays: where they live, and how wide what they hand on is.
namespace sumline {

/// @param layers [workload.layers] @param phases that hold the array layers @return [workload.layers]
/// @throws Error naming the layer if its accumulators or its residuals take more than 31 bits.
std::vector<LayerHome> layer_homes(const Workload& workload,
                                   const std::vector<std::optional<LayerMapping>>& layers,
                                   const std::vector<Phase>& phases);

/// Bits of one element that layer `source` hands on (-1 = the images): of a code, or of an accumulator.
std::uint32_t element_bits(const Workload& workload, const Mapping& mapping, std::int32_t source);

/// Of the map that a layer reads, as it is made: a linear layer may describe it flattened.
const Shape& source_shape(const Workload& workload, const Layer& layer);

/// Bits of one pixel of the map that layer `index` multiplies, as the buffer of its home tile holds it.
std::uint64_t input_pixel_bits(const Workload& workload, const Mapping& mapping, std::size_t index);

/// Bits of the whole map that layer `index` adds, 0 without a residual.
std::uint64_t residual_bits(const Workload& workload, const Mapping& mapping, std::size_t index);

/// @throws Error naming the layer if a map that it reads does not fit the buffer of its home tile.
void check_buffers(const Workload& workload, const Mapping& mapping, const Accelerator& accelerator);

}  // namespace sumline
