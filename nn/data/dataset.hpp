// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sumline {

/// Labelled pictures as they stand in their files: 0..255, no normalisation.
struct Images {
  std::uint32_t channels = 0;
  std::uint32_t height = 0;
  std::uint32_t width = 0;
  std::uint32_t classes = 0;
  std::vector<std::uint8_t> pixels;  ///< [count, channels, height, width]
  std::vector<std::uint8_t> labels;  ///< [count], 0..classes-1

  std::size_t count() const { return labels.size(); }
  std::size_t image_size() const { return std::size_t{channels} * height * width; }
  bool operator==(const Images&) const = default;
};

/// A data set's two parts: one to train on, one to measure accuracy on.
struct Dataset {
  Images train;
  Images test;
};

}  // namespace sumline
