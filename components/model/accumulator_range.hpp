// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "traces/workload.hpp"

/// How wide the integers of a layer can get.
namespace sumline {

/// The largest magnitude of the integers A of every layer: where sums are exact rows * largest input * largest
/// weight, of pooling what it makes of its largest input.
/// @param code_sums [layers] of a layer whose converter changes every sum, what its codes can add up to; else 0. Empty: all 0
std::vector<std::uint64_t> largest_accumulators(const Workload& workload,
                                                std::span<const std::uint64_t> code_sums = {});

/// The largest magnitude of the residual R that layer `index` adds, 0 without one.
/// @param accumulators of largest_accumulators()
std::uint64_t largest_residual(const Workload& workload, std::span<const std::uint64_t> accumulators,
                               std::size_t index);

}  // namespace sumline
