// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "components/model/code_rounding.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// What one layer hands on for one image, [channels, height, width]: codes or sums, the other is empty.
struct MapView {
  std::span<const std::uint8_t> codes = {};
  std::span<const std::int32_t> sums = {};

  /// @param size of a map of one of several images one after the other
  MapView image(std::size_t index, std::size_t size) const {
    return codes.empty() ? MapView{{}, sums.subspan(index * size, size)}
                         : MapView{codes.subspan(index * size, size), {}};
  }
};

/// The integers that the elements of a map stand for.
class MapValues {
 public:
  /// Of what `layer` reads, in its own codes.
  static MapValues input(const Workload& workload, const Layer& layer);
  /// Of the map that `layer` adds. @pre it has a residual
  static MapValues residual(const Workload& workload, const Layer& layer);

  std::int32_t at(const MapView& map, std::size_t index) const {
    return map.codes.empty() ? map.sums[index] : values_[map.codes[index]];
  }

 private:
  MapValues(const CodeRounding& rounding, const CodeFormat& format);

  std::array<std::int32_t, 256> values_{};  ///< [code]
};

}  // namespace sumline
