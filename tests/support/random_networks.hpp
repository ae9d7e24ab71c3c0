// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

/// Small networks and accelerators drawn from a seed, so that remainders, encodings and options meet in every
/// combination.
namespace sumline::test {

/// One or two convolutions, perhaps a pool, one or two linear layers; all encodings, bit widths and signs of
/// scale.
Workload random_network(std::uint64_t seed, std::uint64_t images);

/// The preset "redpim" with other arrays, operation units, converters and mappings. The network fits the
/// chip's buffers.
Accelerator random_accelerator(std::uint64_t seed);

}  // namespace sumline::test
