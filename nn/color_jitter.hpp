// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace sumline {

enum class ColorChange : std::uint8_t { none, brightness, contrast, saturation, hue };

/// Changes the colours of one image as torchvision's ColorJitter does on bytes.
/// @param planes [3, pixels], red, green, blue
/// @param amount factor (1 = unchanged); of a hue: turns of the colour circle (0 = unchanged)
void change_color(std::span<std::uint8_t> planes, ColorChange change, float amount);

}  // namespace sumline
