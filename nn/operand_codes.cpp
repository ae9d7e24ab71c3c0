// SPDX-License-Identifier: Apache-2.0
#include "nn/operand_codes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr double kTernaryThreshold = 0.2F;  // compared as float32, as the quantiser does
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

CodeFormat format_of(Resolution resolution) {
  if (resolution == Resolution::ternary) return {Encoding::ternary, 2};
  return {Encoding::mid_rise, staircase_bits(resolution)};
}

std::int32_t integers_per_one(const CodeFormat& format) {
  return format.value(format.levels() - 1);
}

std::vector<std::uint8_t> operand_codes(const float* values, std::size_t count, Resolution resolution) {
  const CodeFormat format = format_of(resolution);
  const std::int32_t one = integers_per_one(format);
  const std::int32_t step = format.value(1) - format.value(0);
  std::vector<float> quantized(count);
  quantize_operands(values, quantized.data(), count, resolution);
  std::vector<std::uint8_t> codes(count);
  std::transform(quantized.begin(), quantized.end(), codes.begin(), [&](float value) {
    const auto integer =
        static_cast<std::int32_t>(std::clamp<long>(std::lround(value * static_cast<float>(one)), -one, one));
    return static_cast<std::uint8_t>((integer + one) / step);
  });
  return codes;
}

std::vector<double> operand_boundaries(const CodeFormat& format, bool zero_below) {
  if (format.encoding == Encoding::ternary) {
    return {std::nextafter(-kTernaryThreshold, kInfinity), kTernaryThreshold};
  }
  const auto levels = static_cast<std::int32_t>(format.levels());
  std::vector<double> boundaries;
  for (std::int32_t code = 1; code < levels; ++code) {
    const bool above_zero = 2 * code == levels && (zero_below || format.bits == 1);
    boundaries.push_back(above_zero ? std::numeric_limits<double>::min()
                                    : static_cast<double>(2 * code - levels) / (levels - 1));
  }
  return boundaries;
}

ChannelCodes channel_codes(const std::vector<double>& weights, std::size_t channels) {
  constexpr double kTop = 255;  // of 8-bit mid-rise integers
  ChannelCodes result;
  const std::size_t rows = weights.size() / channels;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const auto first = weights.begin() + static_cast<std::ptrdiff_t>(channel * rows);
    double largest = 0;
    for (auto weight = first; weight != first + static_cast<std::ptrdiff_t>(rows); ++weight) {
      largest = std::max(largest, std::abs(*weight));
    }
    const double unit = largest > 0 ? largest / kTop : 1 / kTop;
    result.units.push_back(unit);
    for (std::size_t row = 0; row < rows; ++row) {
      const double code = std::floor((weights[channel * rows + row] / unit + kTop + 1) / 2);
      result.codes.push_back(static_cast<std::uint8_t>(std::clamp(code, 0.0, kTop)));
    }
  }
  return result;
}

}  // namespace sumline
