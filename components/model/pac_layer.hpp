// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "components/model/pac_products.hpp"
#include "components/model/windows.hpp"

namespace sumline {

/// Output positions [begin, end) over the maps of several images: image = position / geometry.positions().
struct PositionRange {
  std::size_t begin;
  std::size_t end;
  std::size_t size() const { return end - begin; }
};

/// A convolution or linear layer computed by PacProducts.
class PacLayer {
 public:
  /// @param weight_codes [outputs, channels, kernel, kernel] @throws Error as PacProducts
  PacLayer(std::span<const std::uint8_t> weight_codes, std::size_t outputs, const WindowGeometry& geometry,
           PacRule rule);

  const WindowGeometry& geometry() const { return geometry_; }
  const PacProducts& products() const { return products_; }

  /// @param maps [images, height, width, channels] @param pad_code of the cells outside a map
  /// @param results [positions.size(), outputs] @param classes [positions.size()] or empty
  void run(std::span<const std::uint8_t> maps, std::uint8_t pad_code, PositionRange positions,
           const Dequantizer& dequantizer, std::span<float> results, std::span<std::uint8_t> classes) const;

 private:
  WindowGeometry geometry_;
  RowOrder order_;
  PacProducts products_;
};

}  // namespace sumline
