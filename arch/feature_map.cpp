// SPDX-License-Identifier: Apache-2.0
#include "arch/feature_map.hpp"

#include <algorithm>

namespace sumline {

FeatureMap::FeatureMap(const Shape& shape) : shape_(shape) {
  codes_.fill(std::vector<std::uint8_t>(shape.size()));
}

void FeatureMap::store(std::uint32_t image, std::uint32_t position, std::span<const std::uint8_t> codes) {
  std::vector<std::uint8_t>& map = codes_[image % 2];
  for (std::size_t channel = 0; channel < codes.size(); ++channel) {
    map[channel * positions() + position] = codes[channel];
  }
}

void FeatureMap::store_all(std::uint32_t image, std::span<const std::uint8_t> codes) {
  std::copy(codes.begin(), codes.end(), codes_[image % 2].begin());
}

}  // namespace sumline
