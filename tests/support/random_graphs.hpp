// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "traces/workload.hpp"

/// Small residual networks drawn from a seed, so that all a workload's graph may hold meets in every
/// combination: shortcuts as they are or through an exact 1x1 convolution that hands on sums, pooling of codes
/// and of sums, averages with and without a residual, sums of the input codes, padding codes, boundaries that
/// are not evenly spaced.
namespace sumline::test {

enum class GraphCodes : std::uint8_t {
  unsigned_binary,  ///< all maps: what arrays with bit-serial inputs take
  mixed,            ///< of every encoding, wide mid-rise maps read with fewer levels; all layers are exact
};

Workload random_graph(std::uint64_t seed, GraphCodes codes, std::uint64_t images);

}  // namespace sumline::test
