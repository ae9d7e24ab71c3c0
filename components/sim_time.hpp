// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "energy/units.hpp"

namespace sumline {

/// The only way from a configured time to the kernel's. @throws Error where rounding would move `value` by
/// more than 1 ppm.
sc_core::sc_time to_sc_time(Second value);

/// A span of simulated time in femtoseconds, the kernel's resolution (SimContext sets it).
inline sc_core::sc_time femtoseconds(std::uint64_t value) {
  return sc_core::sc_time::from_value(value);
}

/// Current simulated time in femtoseconds.
inline std::uint64_t now() {
  return sc_core::sc_time_stamp().value();
}

}  // namespace sumline
