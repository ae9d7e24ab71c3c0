// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "components/model/array_model.hpp"
#include "components/model/layer_rule.hpp"
#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// How one layer is cut that stands on arrays.
struct LayerMapping {
  WeightSlicing weights;
  ActivationSlicing activations;
  std::optional<PacRule> rule;       ///< pairs of bits that arrays multiply; empty: all of them
  PixelBits pixel;                   ///< of the input map, as its buffer holds it
  std::vector<ArrayRegion> regions;  ///< row tiles outer, column tiles inner
  std::uint32_t row_tiles;
  std::uint32_t column_tiles;
  std::uint32_t replicas;
  std::uint64_t
      largest_code_sum;  ///< of a staircase converter; 0: the accumulators are those of the workload
  double utilization;    ///< cells in use / cells of the arrays allocated
};

/// Whether a layer stands on arrays: those with weights do, exact ones only where the chip has no digital units.
bool on_arrays(const Layer& layer, const Accelerator& accelerator);

/// Cuts a layer on arrays; `replicas` is 1. @param channels of the map that the layer reads
/// @throws Error naming the layer and what keeps it off the arrays
LayerMapping cut_layer(const Layer& layer, std::uint32_t channels, const Accelerator& accelerator);

/// The arrays of one layer as programmed, [LayerMapping::regions]; replicas share them.
std::vector<ArrayModel> program_arrays(const Layer& layer, const LayerMapping& mapping,
                                       const Accelerator& accelerator);

}  // namespace sumline
