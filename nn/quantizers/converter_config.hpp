// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "components/model/staircase.hpp"
#include "nn/quantizers/surrogate.hpp"

namespace sumline {

/// The converter that reads every tile's partial sum while the network trains.
struct Converter {
  Resolution resolution = Resolution::full;  ///< not ternary; full: sums pass unread
  std::uint32_t full_scale = 0;              ///< largest sum in active rows, on either side of 0
  Slope slope = Slope::straight_through;
  double sigma = 0;  ///< of the impulse slope, in active rows

  double slope_at(double sum) const { return converter_slope(slope, resolution, full_scale, sigma, sum); }
};

}  // namespace sumline
