// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/bit_planes.hpp"
#include "components/model/code_rounding.hpp"
#include "components/model/windows.hpp"

namespace sumline {

/// A map as a layer reads it, pixel by pixel and with its border, so that a window is `kernel` runs of codes
/// wherever it lies. Like the sparsity encoder it counts each pixel's bits once: a window's counts are sums of its
/// pixels'. Re-usable: assign() keeps the storage.
class PixelMap {
 public:
  /// @param map [channels, height, width] @param rounding of its codes @param border [channels] codes of the pixels
  /// around it @param counted whether count() will be asked
  void assign(const WindowGeometry& geometry, std::span<const std::uint8_t> map, const CodeRounding& rounding,
              std::span<const std::uint8_t> border, bool counted);

  /// The windows of `count` positions from `begin` on, rows in RowOrder::channel_minor.
  /// @param stride bytes from one window to the next, those behind its rows are left as they are
  void gather(std::size_t begin, std::size_t count, std::size_t stride, std::uint8_t* windows) const;

  /// Ones of each bit in the windows of positions from `begin` on. @param counts replaced
  void count(std::size_t begin, std::span<BitCounts> counts) const;

 private:
  std::size_t width() const { return geometry_.in.width + 2 * std::size_t{geometry_.padding}; }
  /// Puts a border around `inside_`.
  void add_border(std::span<const std::uint8_t> border);
  /// The pixel at the upper left of a window.
  std::size_t corner(std::size_t position) const;

  WindowGeometry geometry_;
  std::vector<std::uint8_t> inside_;  ///< [height, width, channels]
  std::vector<std::uint8_t> codes_;   ///< [height + 2 padding, width(), channels]
  std::vector<BitCounts> counts_;     ///< [height + 2 padding, width()]
};

}  // namespace sumline
