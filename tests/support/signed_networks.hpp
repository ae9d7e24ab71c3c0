// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

/// Small networks of signed codes and accelerators of signed cells drawn from a seed, so that remainders, formats,
/// converters and ties meet in every combination.
namespace sumline::test {

/// Two convolutions, perhaps a pool between them, and a linear layer; mid-rise and ternary codes of up to 4 bits.
/// @param conversion of the accelerator it is for
Workload signed_network(std::uint64_t seed, std::uint64_t images, const Conversion& conversion);

/// The preset "sa-cim" with other arrays, operation units, converters and mappings.
Accelerator signed_accelerator(std::uint64_t seed);

}  // namespace sumline::test
