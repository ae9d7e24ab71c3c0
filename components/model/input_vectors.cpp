// SPDX-License-Identifier: Apache-2.0
#include "components/model/input_vectors.hpp"

#include <algorithm>

namespace sumline {
namespace {

/// One window, row = (channel * kernel + i) * kernel + j.
void gather_window(const Layer& layer, const std::uint8_t* map, std::size_t position, std::uint8_t* vector) {
  const auto kernel = static_cast<std::ptrdiff_t>(layer.kernel);
  const auto height = static_cast<std::ptrdiff_t>(layer.in.height);
  const auto width = static_cast<std::ptrdiff_t>(layer.in.width);
  const auto corner = [&](std::size_t index) {
    return static_cast<std::ptrdiff_t>(index * layer.stride) - static_cast<std::ptrdiff_t>(layer.padding);
  };
  const std::ptrdiff_t top = corner(position / layer.out.width);
  const std::ptrdiff_t left = corner(position % layer.out.width);
  const bool inside = top >= 0 && left >= 0 && top + kernel <= height && left + kernel <= width;
  for (std::uint32_t channel = 0; channel < layer.in.channels; ++channel, map += height * width) {
    for (std::ptrdiff_t y = top; y < top + kernel; ++y) {
      for (std::ptrdiff_t x = left; x < left + kernel; ++x) {
        *vector++ =
            inside || (y >= 0 && x >= 0 && y < height && x < width) ? map[y * width + x] : std::uint8_t{0};
      }
    }
  }
}

}  // namespace

void gather_inputs(const Layer& layer, std::span<const std::uint8_t> map, std::size_t begin,
                   std::span<std::uint8_t> vectors) {
  if (layer.kind == LayerKind::linear) {
    std::copy(map.begin(), map.end(), vectors.begin());
    return;
  }
  const std::size_t rows = layer.rows();
  for (std::size_t index = 0; index < vectors.size() / rows; ++index) {
    gather_window(layer, map.data(), begin + index, vectors.data() + index * rows);
  }
}

}  // namespace sumline
