// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "traces/workload.hpp"

namespace sumline {

/// A square window that slides over a map; a linear layer is a map of one pixel.
struct WindowGeometry {
  Shape in;
  std::uint32_t kernel = 1;
  std::uint32_t stride = 1;
  std::uint32_t padding = 0;

  std::uint32_t out_height() const { return (in.height + 2 * padding - kernel) / stride + 1; }
  std::uint32_t out_width() const { return (in.width + 2 * padding - kernel) / stride + 1; }
  std::size_t positions() const { return std::size_t{out_height()} * out_width(); }
  std::size_t rows() const { return std::size_t{in.channels} * kernel * kernel; }
};

/// The windows of a convolution or linear layer.
WindowGeometry window_geometry(const Layer& layer);

/// How the cells of a window are numbered.
enum class RowOrder : std::uint8_t {
  channel_major,  ///< (channel * kernel + i) * kernel + j: the rows of a workload's weight matrix
  channel_minor,  ///< (i * kernel + j) * channels + channel: contiguous runs of a map [height, width,
                  ///< channels]
};

/// Copies the window at output position `position` out of one map.
/// @param map [height, width, channels] @param pad_code of the cells outside @param window [rows()]
void gather_window(const WindowGeometry& geometry, std::span<const std::uint8_t> map, std::size_t position,
                   std::uint8_t pad_code, RowOrder order, std::span<std::uint8_t> window);

/// Cells of the window at `position` that lie outside the map, over all channels.
std::size_t padded_cells(const WindowGeometry& geometry, std::size_t position);

/// Row `row` (channel_major) of the window in channel_minor order.
std::size_t channel_minor_row(const WindowGeometry& geometry, std::size_t row);

/// Weight codes [outputs, rows()] of channel_major rows with their rows in that order.
std::vector<std::uint8_t> order_rows(std::span<const std::uint8_t> codes, const WindowGeometry& geometry,
                                     RowOrder order);

}  // namespace sumline
