// SPDX-License-Identifier: Apache-2.0
#include "nn/rule_products.hpp"

#include <numeric>

namespace sumline {

void apply_rule(const WindowRule& rule, const RuleWeights& weights, const RuleMaps& maps,
                PositionRange positions, const Dequantizer& dequantizer, std::span<float> results) {
  const WindowGeometry& geometry = weights.geometry;
  const std::size_t rows = geometry.rows();
  std::vector<BitPlanes> filters(weights.codes.size() / rows);
  for (std::size_t o = 0; o < filters.size(); ++o) {
    filters[o].assign(weights.codes.subspan(o * rows, rows), weights.bits);
  }
  std::vector<std::uint8_t> window(rows);
  std::vector<double> products(filters.size());
  BitPlanes planes;
  for (std::size_t p = positions.begin; p < positions.end; ++p) {
    const auto map = maps.codes.subspan(p / geometry.positions() * geometry.in.size(), geometry.in.size());
    gather_window(geometry, map, p % geometry.positions(), maps.pad_code, RowOrder::channel_major, window);
    planes.assign(window, maps.bits);
    rule(planes, filters, products);
    const double code_sum = std::accumulate(window.begin(), window.end(), 0.0);
    for (std::size_t o = 0; o < filters.size(); ++o) {
      const double offset = dequantizer.offset.empty() ? 0 : dequantizer.offset[o];
      results[(p - positions.begin) * filters.size() + o] = static_cast<float>(
          products[o] * dequantizer.scale + offset + dequantizer.code_sum_factor * code_sum);
    }
  }
}

}  // namespace sumline
