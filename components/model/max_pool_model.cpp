// SPDX-License-Identifier: Apache-2.0
#include "components/model/max_pool_model.hpp"

#include <algorithm>
#include <cstddef>

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

}  // namespace

void max_pool(const Layer& layer, std::span<const std::uint8_t> map, std::span<std::uint8_t> pooled) {
  const std::uint8_t* channel_map = map.data();
  std::uint8_t* out = pooled.data();
  for (std::uint32_t channel = 0; channel < layer.out.channels;
       ++channel, channel_map += layer.in.positions()) {
    for (std::uint32_t row = 0; row < layer.out.height; ++row) {
      const Extent rows = window(layer, row, layer.in.height);
      for (std::uint32_t column = 0; column < layer.out.width; ++column) {
        const Extent columns = window(layer, column, layer.in.width);
        std::uint8_t largest = 0;
        for (std::uint32_t y = rows.begin; y < rows.end; ++y) {
          for (std::uint32_t x = columns.begin; x < columns.end; ++x) {
            largest = std::max(largest, channel_map[std::size_t{y} * layer.in.width + x]);
          }
        }
        *out++ = largest;
      }
    }
  }
}

std::uint64_t pool_compares(const Layer& layer) {
  std::uint64_t compares = 0;
  for (std::uint32_t row = 0; row < layer.out.height; ++row) {
    const Extent rows = window(layer, row, layer.in.height);
    for (std::uint32_t column = 0; column < layer.out.width; ++column) {
      const Extent columns = window(layer, column, layer.in.width);
      const std::uint64_t codes = std::uint64_t{rows.end - rows.begin} * (columns.end - columns.begin);
      compares += std::max<std::uint64_t>(codes, 1) - 1;
    }
  }
  return compares * layer.out.channels;
}

}  // namespace sumline
