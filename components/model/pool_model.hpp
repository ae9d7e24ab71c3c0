// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "components/model/map_view.hpp"
#include "traces/workload.hpp"

/// Pooling layers. Padding is neither compared nor added: it stands for no value.
namespace sumline {

/// True where `layer` is a max_pool that passes codes on: it forms no integers A.
bool pools_codes(const Workload& workload, const Layer& layer);

/// The part of a window that lies on the map: rows [top, bottom), columns [left, right), at least one cell.
struct WindowPart {
  std::uint32_t top, bottom, left, right;
  std::uint64_t cells() const { return std::uint64_t{bottom - top} * (right - left); }
};
/// @param position row * out.width + column
WindowPart window_part(const Layer& layer, std::uint32_t position);

/// Largest code of every window of a max_pool layer. @param map [in] @param pooled [out]
void max_pool(const Layer& layer, std::span<const std::uint8_t> map, std::span<std::uint8_t> pooled);
/// Those of one position. @param codes [channels]
void max_pool(const Layer& layer, std::span<const std::uint8_t> map, std::uint32_t position,
              std::span<std::uint8_t> codes);

/// The sum of the values under each window of positions [begin, begin + sums.size() / channels).
/// @param map [in] @param sums [positions, channels], replaced
void window_sums(const Layer& layer, const MapView& map, const MapValues& values, std::size_t begin,
                 std::span<std::int32_t> sums);
/// The largest value under each window.
void window_maxima(const Layer& layer, const MapView& map, const MapValues& values, std::size_t begin,
                   std::span<std::int32_t> maxima);

/// Cells under the windows of all positions of one channel.
std::uint64_t window_cells(const Layer& layer);
/// Compares for one image of a max_pool layer: cells under each window minus one.
std::uint64_t pool_compares(const Layer& layer);

}  // namespace sumline
