// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "energy/units.hpp"

namespace sumline {

/// Simulated time is an integer number of femtoseconds.
/// @throws Error where rounding to a whole number would move `value` by more than 1 ppm, or it exceeds 2^63
/// fs.
std::uint64_t to_femtoseconds(Second value);

}  // namespace sumline
