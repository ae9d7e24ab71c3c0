// SPDX-License-Identifier: Apache-2.0
#include "components/model/pool_model.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace sumline {
namespace {

struct Extent {
  std::uint32_t begin;
  std::uint32_t end;
};

/// Part of window `index` that lies on a map of `size` rows (or columns).
Extent window(const Layer& layer, std::uint32_t index, std::uint32_t size) {
  const std::uint32_t begin = index * layer.stride;
  const std::uint32_t end = std::min(begin + layer.kernel, size + layer.padding);
  return {std::max(begin, layer.padding) - layer.padding, std::max(end, layer.padding) - layer.padding};
}

std::uint8_t largest_code(const std::uint8_t* channel_map, std::uint32_t width, const WindowPart& part) {
  std::uint8_t largest = 0;
  for (std::uint32_t y = part.top; y < part.bottom; ++y) {
    for (std::uint32_t x = part.left; x < part.right; ++x) {
      largest = std::max(largest, channel_map[std::size_t{y} * width + x]);
    }
  }
  return largest;
}

/// results[position, channel] = the fold of the values under the window, from `first` on.
template <class Fold>
void fold_windows(const Layer& layer, const MapView& map, const MapValues& values, std::size_t begin,
                  std::span<std::int32_t> results, std::int32_t first, Fold fold) {
  const std::size_t channels = layer.in.channels;
  for (std::size_t index = 0; index < results.size(); ++index) {
    const WindowPart part = window_part(layer, static_cast<std::uint32_t>(begin + index / channels));
    const std::size_t channel_map = index % channels * layer.in.positions();
    std::int32_t result = first;
    for (std::uint32_t y = part.top; y < part.bottom; ++y) {
      for (std::uint32_t x = part.left; x < part.right; ++x) {
        result = fold(result, values.at(map, channel_map + std::size_t{y} * layer.in.width + x));
      }
    }
    results[index] = result;
  }
}

}  // namespace

bool pools_codes(const Workload& workload, const Layer& layer) {
  return layer.kind == LayerKind::max_pool && content_of(workload, layer.input) == Content::codes;
}

WindowPart window_part(const Layer& layer, std::uint32_t position) {
  const Extent rows = window(layer, position / layer.out.width, layer.in.height);
  const Extent columns = window(layer, position % layer.out.width, layer.in.width);
  return {rows.begin, rows.end, columns.begin, columns.end};
}

void max_pool(const Layer& layer, std::span<const std::uint8_t> map, std::span<std::uint8_t> pooled) {
  const std::uint8_t* channel_map = map.data();
  std::uint8_t* out = pooled.data();
  for (std::uint32_t channel = 0; channel < layer.out.channels;
       ++channel, channel_map += layer.in.positions()) {
    for (std::uint32_t row = 0; row < layer.out.height; ++row) {
      const Extent rows = window(layer, row, layer.in.height);
      for (std::uint32_t column = 0; column < layer.out.width; ++column) {
        const Extent columns = window(layer, column, layer.in.width);
        *out++ =
            largest_code(channel_map, layer.in.width, {rows.begin, rows.end, columns.begin, columns.end});
      }
    }
  }
}

void max_pool(const Layer& layer, std::span<const std::uint8_t> map, std::uint32_t position,
              std::span<std::uint8_t> codes) {
  const WindowPart part = window_part(layer, position);
  for (std::size_t channel = 0; channel < codes.size(); ++channel) {
    codes[channel] = largest_code(map.data() + channel * layer.in.positions(), layer.in.width, part);
  }
}

void window_sums(const Layer& layer, const MapView& map, const MapValues& values, std::size_t begin,
                 std::span<std::int32_t> sums) {
  fold_windows(layer, map, values, begin, sums, 0, std::plus<>());
}

void window_maxima(const Layer& layer, const MapView& map, const MapValues& values, std::size_t begin,
                   std::span<std::int32_t> maxima) {
  fold_windows(layer, map, values, begin, maxima, std::numeric_limits<std::int32_t>::min(),
               [](std::int32_t a, std::int32_t b) { return std::max(a, b); });
}

std::uint64_t window_cells(const Layer& layer) {
  std::uint64_t cells = 0;
  for (std::uint32_t position = 0; position < layer.out.positions(); ++position) {
    cells += window_part(layer, position).cells();
  }
  return cells;
}

std::uint64_t pool_compares(const Layer& layer) {
  return layer.out.channels * (window_cells(layer) - layer.out.positions());
}

}  // namespace sumline
