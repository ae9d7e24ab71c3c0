// SPDX-License-Identifier: Apache-2.0
#include "nn/color_jitter.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace sumline {
namespace {

using Color = std::array<float, 3>;

std::uint8_t to_byte(float value) {
  return static_cast<std::uint8_t>(std::clamp(value, 0.0f, 255.0f));
}

/// ITU-R 601 luma.
float gray(const Color& c) {
  return 0.299f * c[0] + 0.587f * c[1] + 0.114f * c[2];
}

/// The colour on the same saturation and value, `turns` further on the hue circle.
Color turn_hue(const Color& c, float turns) {
  const float high = std::max({c[0], c[1], c[2]}), low = std::min({c[0], c[1], c[2]});
  const float chroma = high - low;
  if (chroma == 0) return c;
  float hue = high == c[0]   ? (c[1] - c[2]) / chroma
              : high == c[1] ? 2 + (c[2] - c[0]) / chroma
                             : 4 + (c[0] - c[1]) / chroma;
  hue += 6 * turns;
  Color turned;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    // Distance of the hue from the channel's own, on a circle of 6: within 1 it is full, beyond 2 none.
    const float away = std::abs(std::remainder(hue - 2.0f * static_cast<float>(channel), 6.0f));
    turned[channel] = low + chroma * std::clamp(2 - away, 0.0f, 1.0f);
  }
  return turned;
}

}  // namespace

void change_color(std::span<std::uint8_t> planes, ColorChange change, float amount) {
  const std::size_t pixels = planes.size() / 3;
  const auto color = [&](std::size_t i) {
    return Color{static_cast<float>(planes[i]), static_cast<float>(planes[pixels + i]),
                 static_cast<float>(planes[2 * pixels + i])};
  };
  float mean = 0;
  if (change == ColorChange::contrast) {
    for (std::size_t i = 0; i < pixels; ++i) mean += gray(color(i));
    mean = std::round(mean / static_cast<float>(pixels));
  }
  for (std::size_t i = 0; change != ColorChange::none && i < pixels; ++i) {
    const Color before = color(i);
    const float anchor = change == ColorChange::contrast     ? mean
                         : change == ColorChange::saturation ? gray(before)
                                                             : 0;
    Color after = before;
    for (float& value : after) value = anchor + amount * (value - anchor);
    if (change == ColorChange::hue) after = turn_hue(before, amount);
    for (std::size_t channel = 0; channel < 3; ++channel)
      planes[channel * pixels + i] = to_byte(after[channel]);
  }
}

}  // namespace sumline
