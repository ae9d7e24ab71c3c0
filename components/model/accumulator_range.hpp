// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "traces/workload.hpp"

/// How wide the integers of a layer can get.
namespace sumline {

/// The largest magnitude of what layer `source` hands on (-1 = the images), code by code or sum by sum.
std::uint64_t largest_value(const Workload& workload, std::int32_t source);

/// The largest magnitude that an exact accumulator of layer `index` can have: rows * largest input * largest
/// weight; of an average_pool all inputs of a window at their largest.
std::uint64_t largest_accumulator(const Workload& workload, std::size_t index);

/// The largest magnitude of the residual R that layer `index` adds, 0 without one.
std::uint64_t largest_residual(const Workload& workload, std::size_t index);

}  // namespace sumline
