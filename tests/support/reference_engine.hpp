// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "configs/accelerator.hpp"
#include "tests/support/reference_graph.hpp"
#include "traces/workload.hpp"

/// Layers on crossbars in plain loops over positions, arrays, digits, groups and bitlines: every conversion
/// is made. Written from the definitions (docs/counting.md), it shares no code with components/model.
namespace sumline::test {

struct ReferenceCounts {
  std::uint64_t ou_reads = 0;
  std::uint64_t conversions = 0;
  std::uint64_t unit_conversions = 0;
  std::uint64_t wordline_activations = 0;
  std::uint64_t cell_activations = 0;
  std::uint64_t saturated = 0;
};

struct ReferenceLayerRun : ReferenceMap {
  ReferenceCounts counts;
};

/// Runs one image. @return [layers]
std::vector<ReferenceLayerRun> run_crossbars(const Workload& workload, const Accelerator& accelerator,
                                             std::uint64_t image);

}  // namespace sumline::test
