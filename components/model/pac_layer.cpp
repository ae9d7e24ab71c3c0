// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_layer.hpp"

#include <algorithm>

namespace sumline {
namespace {

constexpr std::size_t kChunk = 48;  ///< windows gathered at a time: they stay in the core's own cache

/// Segments are rows of the workload's matrix; without them the faster order serves as well.
RowOrder order_for(const PacRule& rule) {
  return rule.segment_rows == 0 ? RowOrder::channel_minor : RowOrder::channel_major;
}

}  // namespace

PacLayer::PacLayer(std::span<const std::uint8_t> weight_codes, std::size_t outputs,
                   const WindowGeometry& geometry, PacRule rule)
    : geometry_(geometry),
      order_(order_for(rule)),
      products_(order_rows(weight_codes, geometry, order_), outputs, geometry.rows(), std::move(rule)) {}

void PacLayer::run(std::span<const std::uint8_t> maps, std::uint8_t pad_code, PositionRange positions,
                   const Dequantizer& dequantizer, std::span<float> results,
                   std::span<std::uint8_t> classes) const {
  const std::size_t stride = products_.window_stride();
  const std::size_t outputs = products_.outputs();
  std::vector<std::uint8_t> windows(kChunk * stride, 0);
  for (std::size_t begin = positions.begin; begin < positions.end; begin += kChunk) {
    const std::size_t count = std::min(kChunk, positions.end - begin);
    for (std::size_t w = 0; w < count; ++w) {
      const std::size_t image = (begin + w) / geometry_.positions();
      gather_window(geometry_, maps.subspan(image * geometry_.in.size(), geometry_.in.size()),
                    (begin + w) % geometry_.positions(), pad_code, order_,
                    std::span(windows).subspan(w * stride, geometry_.rows()));
    }
    const std::size_t first = begin - positions.begin;
    products_.multiply(std::span(windows).first(count * stride), dequantizer,
                       results.subspan(first * outputs, count * outputs),
                       classes.empty() ? classes : classes.subspan(first, count));
  }
}

}  // namespace sumline
