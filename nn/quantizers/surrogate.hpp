// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "components/model/staircase.hpp"

/// Slopes that stand in for the derivative of a staircase, which is zero almost everywhere. Without Torch.
/// A new one is a value here and a case in each switch of surrogate.cpp.
namespace sumline {

enum class Slope : std::uint8_t {
  straight_through,  ///< 1 everywhere
  impulse,           ///< every threshold's Dirac impulse becomes a Gaussian of the same area
};

/// Standard deviations of the impulse gradient for converters of 1, 2, 3 and 4 bits, in active rows.
using ConverterSigmas = std::array<double, 4>;
/// The values the project's text gives. Source: hpic-lab/BNN_IGA, readme.
inline constexpr ConverterSigmas kPublishedSigmas{6, 5, 4, 2.5};
/// The values its code uses. Source: hpic-lab/BNN_IGA, released code.
inline constexpr ConverterSigmas kReleasedSigmas{8, 8, 32, 32};

/// step * Gaussian(distance of x to the nearest multiple of step): the mean over a period is at most 1.
/// The distance is formed in float32, as the original forms it.
double impulse_slope(double x, double step, double sigma);

/// Slope of quantize_operands() at x; the impulse's sigma is 0.05, for ternary 0.02.
double operand_slope(Slope slope, Resolution resolution, double x);

/// Slope of the converter over -full_scale..full_scale at partial sum x.
/// @param resolution not ternary @param sigma of the impulse
double converter_slope(Slope slope, Resolution resolution, double full_scale, double sigma, double x);

}  // namespace sumline
