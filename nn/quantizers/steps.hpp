// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

/// The one table of quantiser constants, indexed by bit width 1..8.
/// Source: JialeLiLab/ADC_aware_Learning (RedPIM), which took the steps from EdMIPS (CVPR 2020).
namespace sumline {

struct BitWidth {
  double hwgq_step;      ///< of an activation code, for the positive half of a unit-variance Gaussian
  double gaussian_step;  ///< of a weight code, in standard deviations of the layer's weights
  double adc_saving;     ///< ADC power of 8-bit activations over that of this width
};

inline constexpr std::uint32_t kMaxBits = 8;

inline constexpr std::array<BitWidth, kMaxBits> kBitWidths{{
    {0.799, 1.596, 28.4},
    {0.538, 0.996, 16},
    {0.3217, 0.586, 9.1},
    {0.185, 0.336, 5.3},
    {0.104, 0.190, 3.2},
    {0.058, 0.106, 2},
    {0.033, 0.059, 1.3},
    {0.019, 0.032, 1},
}};

constexpr const BitWidth& bit_width(std::uint32_t bits) {
  return kBitWidths.at(bits - 1);
}

}  // namespace sumline
