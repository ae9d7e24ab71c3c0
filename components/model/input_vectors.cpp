// SPDX-License-Identifier: Apache-2.0
#include "components/model/input_vectors.hpp"

#include <algorithm>
#include <cstring>

namespace sumline {
namespace {

struct Corner {
  std::ptrdiff_t top;
  std::ptrdiff_t left;
};

/// A window across the border of the map: the part inside is copied, the padding reads 0.
void gather_border(const Layer& layer, const std::uint8_t* map, Corner corner, std::uint8_t* vector) {
  const auto kernel = static_cast<std::ptrdiff_t>(layer.kernel);
  const auto height = static_cast<std::ptrdiff_t>(layer.in.height);
  const auto width = static_cast<std::ptrdiff_t>(layer.in.width);
  const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(-corner.left, 0, kernel);
  const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(width - corner.left, begin, kernel);
  std::fill_n(vector, layer.rows(), std::uint8_t{0});
  for (std::uint32_t channel = 0; channel < layer.in.channels; ++channel, map += height * width) {
    for (std::ptrdiff_t y = corner.top; y < corner.top + kernel; ++y, vector += kernel) {
      if (y >= 0 && y < height) {
        std::copy(map + y * width + corner.left + begin, map + y * width + corner.left + end, vector + begin);
      }
    }
  }
}

/// A window inside the map. @tparam kKernel known to the compiler, for short copies without a call; 0 =
/// layer.kernel
template <std::size_t kKernel>
void gather_inside(const Layer& layer, const std::uint8_t* map, Corner corner, std::uint8_t* vector) {
  const std::size_t kernel = kKernel > 0 ? kKernel : layer.kernel;
  const std::size_t width = layer.in.width;
  map += static_cast<std::size_t>(corner.top) * width + static_cast<std::size_t>(corner.left);
  for (std::uint32_t channel = 0; channel < layer.in.channels; ++channel, map += layer.in.positions()) {
    for (std::size_t row = 0; row < kernel; ++row, vector += kernel) {
      std::memcpy(vector, map + row * width, kernel);
    }
  }
}

template <std::size_t kKernel>
void gather_windows(const Layer& layer, std::span<const std::uint8_t> map, std::size_t begin,
                    std::span<std::uint8_t> vectors) {
  const std::size_t rows = layer.rows();
  const auto kernel = static_cast<std::ptrdiff_t>(layer.kernel);
  const auto padding = static_cast<std::ptrdiff_t>(layer.padding);
  for (std::size_t index = 0; index < vectors.size() / rows; ++index) {
    const std::size_t position = begin + index;
    const Corner corner{static_cast<std::ptrdiff_t>(position / layer.out.width * layer.stride) - padding,
                        static_cast<std::ptrdiff_t>(position % layer.out.width * layer.stride) - padding};
    const bool inside = corner.top >= 0 && corner.left >= 0 &&
                        corner.top + kernel <= static_cast<std::ptrdiff_t>(layer.in.height) &&
                        corner.left + kernel <= static_cast<std::ptrdiff_t>(layer.in.width);
    const auto gather = inside ? gather_inside<kKernel> : gather_border;
    gather(layer, map.data(), corner, vectors.data() + index * rows);
  }
}

}  // namespace

void gather_inputs(const Layer& layer, std::span<const std::uint8_t> map, std::size_t begin,
                   std::span<std::uint8_t> vectors) {
  if (layer.kind == LayerKind::linear) {
    std::copy(map.begin(), map.end(), vectors.begin());
    return;
  }
  switch (layer.kernel) {
    case 1:
      return gather_windows<1>(layer, map, begin, vectors);
    case 3:
      return gather_windows<3>(layer, map, begin, vectors);
    case 5:
      return gather_windows<5>(layer, map, begin, vectors);
    default:
      return gather_windows<0>(layer, map, begin, vectors);
  }
}

}  // namespace sumline
