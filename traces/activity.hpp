// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sumline {

/// What the data of one layer did to the hardware, summed over the images of a run.
struct LayerActivity {
  std::string name;           ///< of the layer
  std::uint64_t vectors = 0;  ///< input vectors seen
  std::uint32_t rows = 0;     ///< digits per vector and plane
  /// [input planes] digits that were not zero; density = ones / (vectors * rows).
  std::vector<std::uint64_t> ones;
  /// [input planes, weight slices, largest sum - lowest_sum + 1] how often each partial sum came out.
  std::vector<std::uint64_t> partial_sums;
  std::uint32_t weight_slices = 0;
  std::int32_t lowest_sum = 0;  ///< below 0 where cells and inputs have signs
};

/// Writes one group per layer, in order, as HDF5 (layout: docs/traces.md), complete or not at all.
/// @throws Error if the disk is full.
void write_activity(const std::vector<LayerActivity>& layers, const std::string& path);

}  // namespace sumline
