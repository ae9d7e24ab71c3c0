// SPDX-License-Identifier: Apache-2.0
#include "components/model/femtoseconds.hpp"

#include <cmath>

#include "energy/error.hpp"

namespace sumline {

std::uint64_t to_femtoseconds(Second value) {
  constexpr double kPerSecond = 1e15;
  constexpr double kTolerance = 1e-6;
  constexpr double kLargest = 9.2e18;
  const double exact = value.value() * kPerSecond;
  const double rounded = std::round(exact);
  if (!(exact >= 0 && exact < kLargest) || std::abs(rounded - exact) > kTolerance * exact) {
    throw Error("time " + to_text(value) +
                ": must be a whole number of femtoseconds to 1 ppm, at most 9200 s");
  }
  return static_cast<std::uint64_t>(rounded);
}

}  // namespace sumline
