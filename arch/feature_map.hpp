// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "arch/raster_progress.hpp"
#include "components/model/map_view.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// What the images or one layer hand on, codes or sums, for two images at a time: one is made while the other
/// is read.
class FeatureMap {
 public:
  FeatureMap(const Shape& shape, Content content);

  /// The map of an image. It is overwritten two images later.
  MapView view(std::uint32_t image) const { return {codes_[image % 2], sums_[image % 2]}; }
  /// Stores one position. @param codes [channels]
  void store(std::uint32_t image, std::uint32_t position, std::span<const std::uint8_t> codes);
  /// @param sums [channels]
  void store(std::uint32_t image, std::uint32_t position, std::span<const std::int32_t> sums);
  /// Stores a whole map. @param codes [channels, height, width]
  void store_all(std::uint32_t image, std::span<const std::uint8_t> codes);

  /// That many further positions have arrived wherever they are read, in raster order, image after image.
  void finish(std::uint64_t positions) { progress_.advance(positions); }
  /// Blocks until `count` positions of `image` have arrived.
  void wait_for(std::uint32_t image, std::uint64_t count) { progress_.wait_for(image * positions() + count); }
  /// Blocks until all of the first `images` maps have arrived.
  void wait_for_images(std::uint64_t images) { progress_.wait_for(images * positions()); }
  std::uint64_t positions() const { return shape_.positions(); }

 private:
  Shape shape_;
  std::array<std::vector<std::uint8_t>, 2> codes_;
  std::array<std::vector<std::int32_t>, 2> sums_;
  RasterProgress progress_;
};

}  // namespace sumline
