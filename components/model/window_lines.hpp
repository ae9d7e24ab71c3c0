// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "components/model/windows.hpp"

/// Which pixels the same cell of neighbouring windows covers.
namespace sumline {

/// Neighbouring outputs whose window's tap covers pixels that lie window.stride apart.
struct WindowLine {
  std::size_t position;  ///< of the first output
  std::size_t pixel;     ///< that it covers
  std::size_t count;
};

/// The lines of tap i * kernel + j, in order of their positions; windows whose tap lies outside the map are
/// in none. Lines that continue each other are one.
std::vector<WindowLine> window_lines(const WindowGeometry& window, std::uint32_t tap);

/// map[pixel of a line] += scale * values[its position].
void add_lines(const std::vector<WindowLine>& lines, std::uint32_t stride, const float* values, float scale,
               float* map);

}  // namespace sumline
