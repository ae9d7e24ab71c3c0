// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "arch/engine_output.hpp"
#include "arch/mapping.hpp"

namespace sumline {

/// Sees the input vectors of a layer on arrays as they are formed. @param vectors [count, layer.rows()]
/// codes; called from several threads, in any order, every vector once.
using VectorObserver =
    std::function<void(std::size_t layer, std::span<const std::uint8_t> vectors, std::size_t count)>;

/// Runs images [begin, end) through whole layers, on all threads (oneTBB); no time. Where the readout is
/// lossless one integer GEMM per layer replaces it; where it is not, only the conversions that lose are
/// looked at.
/// @throws Error if `progress` returned false.
EngineOutput run_functional_engine(const Workload& workload, const Accelerator& accelerator,
                                   const Mapping& mapping, std::uint64_t begin, std::uint64_t end,
                                   const Progress& progress = {}, const VectorObserver& observer = {});

}  // namespace sumline
