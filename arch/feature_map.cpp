// SPDX-License-Identifier: Apache-2.0
#include "arch/feature_map.hpp"

#include <algorithm>

namespace sumline {
namespace {

template <class Value>
void scatter(std::span<const Value> values, std::size_t position, std::size_t positions,
             std::vector<Value>& map) {
  for (std::size_t channel = 0; channel < values.size(); ++channel) {
    map[channel * positions + position] = values[channel];
  }
}

}  // namespace

FeatureMap::FeatureMap(const Shape& shape, Content content) : shape_(shape) {
  if (content == Content::codes) {
    codes_.fill(std::vector<std::uint8_t>(shape.size()));
  } else {
    sums_.fill(std::vector<std::int32_t>(shape.size()));
  }
}

void FeatureMap::store(std::uint32_t image, std::uint32_t position, std::span<const std::uint8_t> codes) {
  scatter(codes, position, positions(), codes_[image % 2]);
}

void FeatureMap::store(std::uint32_t image, std::uint32_t position, std::span<const std::int32_t> sums) {
  scatter(sums, position, positions(), sums_[image % 2]);
}

void FeatureMap::store_all(std::uint32_t image, std::span<const std::uint8_t> codes) {
  std::copy(codes.begin(), codes.end(), codes_[image % 2].begin());
}

}  // namespace sumline
