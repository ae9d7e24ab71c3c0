// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "arch/mapping.hpp"
#include "traces/activity.hpp"

namespace sumline {

/// What the images [begin, end) do to the arrays of every layer on arrays: how many digits of each input
/// plane are not zero, and how often each partial sum stands on a bitline of each weight slice, before the
/// readout.
std::vector<LayerActivity> measure_activity(const Workload& workload, const Accelerator& accelerator,
                                            const Mapping& mapping, std::uint64_t begin, std::uint64_t end);

}  // namespace sumline
