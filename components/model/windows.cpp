// SPDX-License-Identifier: Apache-2.0
#include "components/model/windows.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace sumline {
namespace {

/// The part of a window's side that lies inside the map: cells [begin, end) of the kernel, `origin` the map
/// coordinate of cell 0.
struct Extent {
  std::int64_t origin;
  std::int64_t begin;
  std::int64_t end;

  Extent(std::size_t index, std::uint32_t length, const WindowGeometry& geometry)
      : origin(static_cast<std::int64_t>(index * geometry.stride) - geometry.padding),
        begin(std::clamp<std::int64_t>(-origin, 0, geometry.kernel)),
        end(std::clamp<std::int64_t>(static_cast<std::int64_t>(length) - origin, begin, geometry.kernel)) {}
};

void gather_channel_minor(const WindowGeometry& geometry, std::span<const std::uint8_t> map,
                          std::size_t position, std::uint8_t pad_code, std::uint8_t* window) {
  const Extent vertical(position / geometry.out_width(), geometry.in.height, geometry);
  const Extent horizontal(position % geometry.out_width(), geometry.in.width, geometry);
  const auto channels = static_cast<std::int64_t>(geometry.in.channels);
  const std::int64_t line = geometry.kernel * channels;
  if (padded_cells(geometry, position) != 0) std::memset(window, pad_code, geometry.rows());
  for (std::int64_t i = vertical.begin; i < vertical.end; ++i) {
    const std::int64_t pixel =
        (vertical.origin + i) * geometry.in.width + horizontal.origin + horizontal.begin;
    std::memcpy(window + i * line + horizontal.begin * channels, map.data() + pixel * channels,
                static_cast<std::size_t>((horizontal.end - horizontal.begin) * channels));
  }
}

}  // namespace

WindowGeometry window_geometry(const Layer& layer) {
  if (layer.kind == LayerKind::linear) return {.in = {static_cast<std::uint32_t>(layer.rows()), 1, 1}};
  return {layer.in, layer.kernel, layer.stride, layer.padding};
}

void gather_window(const WindowGeometry& geometry, std::span<const std::uint8_t> map, std::size_t position,
                   std::uint8_t pad_code, RowOrder order, std::span<std::uint8_t> window) {
  if (order == RowOrder::channel_minor) {
    gather_channel_minor(geometry, map, position, pad_code, window.data());
    return;
  }
  thread_local std::vector<std::uint8_t> runs;
  runs.resize(geometry.rows());
  gather_channel_minor(geometry, map, position, pad_code, runs.data());
  const std::size_t cells = std::size_t{geometry.kernel} * geometry.kernel;
  for (std::size_t c = 0; c < geometry.in.channels; ++c) {
    for (std::size_t cell = 0; cell < cells; ++cell) {
      window[c * cells + cell] = runs[cell * geometry.in.channels + c];
    }
  }
}

std::size_t padded_cells(const WindowGeometry& geometry, std::size_t position) {
  const Extent vertical(position / geometry.out_width(), geometry.in.height, geometry);
  const Extent horizontal(position % geometry.out_width(), geometry.in.width, geometry);
  const auto inside =
      static_cast<std::size_t>((vertical.end - vertical.begin) * (horizontal.end - horizontal.begin));
  return (std::size_t{geometry.kernel} * geometry.kernel - inside) * geometry.in.channels;
}

std::size_t channel_minor_row(const WindowGeometry& geometry, std::size_t row) {
  const std::size_t cells = std::size_t{geometry.kernel} * geometry.kernel;
  return row % cells * geometry.in.channels + row / cells;
}

std::vector<std::uint8_t> order_rows(std::span<const std::uint8_t> codes, const WindowGeometry& geometry,
                                     RowOrder order) {
  std::vector<std::uint8_t> ordered(codes.begin(), codes.end());
  if (order == RowOrder::channel_major) return ordered;
  const std::size_t rows = geometry.rows();
  for (std::size_t output = 0; output < codes.size(); output += rows) {
    for (std::size_t row = 0; row < rows; ++row) {
      ordered[output + channel_minor_row(geometry, row)] = codes[output + row];
    }
  }
  return ordered;
}

}  // namespace sumline
