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

/// The code for 0, where a layer says nothing else.
std::uint8_t zero_code(const CodeFormat& format) {
  switch (format.encoding) {
    case Encoding::unsigned_binary:
      return 0;
    case Encoding::mid_rise:
      return format.off();
    case Encoding::ternary:
      return 1;
  }
  return 0;
}

void fill_padding(const Layer& layer, std::uint8_t* vector) {
  const std::size_t window = layer.rows() / layer.in.channels;
  const std::uint8_t zero = zero_code(layer.activations);
  for (std::size_t channel = 0; channel < layer.in.channels; ++channel) {
    std::fill_n(vector + channel * window, window,
                layer.padding_codes.empty() ? zero : layer.padding_codes[channel]);
  }
}

/// A window across the border of the map: the part inside is copied, the rest is padding.
void gather_border(const Layer& layer, const CodeRounding& rounding, const std::uint8_t* map, Corner corner,
                   std::uint8_t* vector) {
  const auto kernel = static_cast<std::ptrdiff_t>(layer.kernel);
  const auto height = static_cast<std::ptrdiff_t>(layer.in.height);
  const auto width = static_cast<std::ptrdiff_t>(layer.in.width);
  const std::ptrdiff_t begin = std::clamp<std::ptrdiff_t>(-corner.left, 0, kernel);
  const std::ptrdiff_t end = std::clamp<std::ptrdiff_t>(width - corner.left, begin, kernel);
  fill_padding(layer, vector);
  for (std::uint32_t channel = 0; channel < layer.in.channels; ++channel, map += height * width) {
    for (std::ptrdiff_t y = corner.top; y < corner.top + kernel; ++y, vector += kernel) {
      if (y >= 0 && y < height) {
        std::copy(map + y * width + corner.left + begin, map + y * width + corner.left + end, vector + begin);
        if (!rounding.identity()) rounding.apply({vector + begin, vector + end});
      }
    }
  }
}

/// A window inside the map. @tparam kKernel known to the compiler, for short copies without a call; 0 =
/// layer.kernel
template <std::size_t kKernel>
void gather_inside(const Layer& layer, const CodeRounding& rounding, const std::uint8_t* map, Corner corner,
                   std::uint8_t* vector) {
  const std::span<std::uint8_t> codes(vector, layer.rows());
  const std::size_t kernel = kKernel > 0 ? kKernel : layer.kernel;
  const std::size_t width = layer.in.width;
  map += static_cast<std::size_t>(corner.top) * width + static_cast<std::size_t>(corner.left);
  for (std::uint32_t channel = 0; channel < layer.in.channels; ++channel, map += layer.in.positions()) {
    for (std::size_t row = 0; row < kernel; ++row, vector += kernel) {
      std::memcpy(vector, map + row * width, kernel);
    }
  }
  if (!rounding.identity()) rounding.apply(codes);
}

template <std::size_t kKernel>
void gather_windows(const Layer& layer, const CodeRounding& rounding, std::span<const std::uint8_t> map,
                    std::size_t begin, std::span<std::uint8_t> vectors) {
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
    gather(layer, rounding, map.data(), corner, vectors.data() + index * rows);
  }
}

}  // namespace

std::vector<std::uint8_t> padding_codes(const Layer& layer) {
  if (!layer.padding_codes.empty()) return layer.padding_codes;
  return std::vector<std::uint8_t>(layer.in.channels, zero_code(layer.activations));
}

void gather_inputs(const Layer& layer, const CodeRounding& rounding, std::span<const std::uint8_t> map,
                   std::size_t begin, std::span<std::uint8_t> vectors) {
  if (layer.kind == LayerKind::linear) {
    std::copy(map.begin(), map.end(), vectors.begin());
    if (!rounding.identity()) rounding.apply(vectors);
    return;
  }
  switch (layer.kernel) {
    case 1:
      return gather_windows<1>(layer, rounding, map, begin, vectors);
    case 3:
      return gather_windows<3>(layer, rounding, map, begin, vectors);
    case 5:
      return gather_windows<5>(layer, rounding, map, begin, vectors);
    default:
      return gather_windows<0>(layer, rounding, map, begin, vectors);
  }
}

}  // namespace sumline
