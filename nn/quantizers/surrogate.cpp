// SPDX-License-Identifier: Apache-2.0
#include "nn/quantizers/surrogate.hpp"

#include <cmath>
#include <numbers>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr double kOperandSigma = 0.05;
constexpr double kTernarySigma = 0.02;
constexpr double kTernaryCentre = 0.2;

double gaussian(double distance, double sigma) {
  const double scaled = distance / sigma;
  return std::exp(-scaled * scaled / 2) / (sigma * std::sqrt(2 * std::numbers::pi));
}

double impulse_operand_slope(Resolution resolution, double x) {
  switch (resolution) {
    case Resolution::ternary:
      return gaussian(x - kTernaryCentre, kTernarySigma) + gaussian(x + kTernaryCentre, kTernarySigma);
    case Resolution::full:
      return 1;
    default:
      return impulse_slope(x, Staircase(-1, 1, staircase_bits(resolution)).step(), kOperandSigma);
  }
}

}  // namespace

double impulse_slope(double x, double step, double sigma) {
  const auto period = static_cast<float>(step);
  const auto half = static_cast<float>(step / 2);
  const float remainder = std::fmod(static_cast<float>(x) + half, period);
  return step * gaussian((remainder < 0 ? remainder + period : remainder) - half, sigma);
}

double operand_slope(Slope slope, Resolution resolution, double x) {
  switch (slope) {
    case Slope::straight_through:
      return 1;
    case Slope::impulse:
      return impulse_operand_slope(resolution, x);
  }
  throw InternalError("unknown slope");
}

double converter_slope(Slope slope, Resolution resolution, double full_scale, double sigma, double x) {
  if (resolution == Resolution::full) return 1;
  switch (slope) {
    case Slope::straight_through:
      return 1;
    case Slope::impulse:
      return impulse_slope(x, Staircase(-full_scale, full_scale, staircase_bits(resolution)).step(), sigma);
  }
  throw InternalError("unknown slope");
}

}  // namespace sumline
