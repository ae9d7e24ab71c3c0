// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "arch/engine_output.hpp"
#include "arch/mapping.hpp"

namespace sumline {

/// Runs images [begin, end) through whole layers, on all threads (oneTBB); no time. Where the readout is
/// lossless one integer GEMM per layer replaces it; where it is not, only the conversions that lose are
/// looked at.
/// @throws Error if `progress` returned false.
EngineOutput run_functional_engine(const Workload& workload, const Accelerator& accelerator,
                                   const Mapping& mapping, std::uint64_t begin, std::uint64_t end,
                                   const Progress& progress = {});

}  // namespace sumline
