// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_window.hpp"

namespace sumline {

PacModel::PacModel(const Layer& layer, const PacRule& rule)
    : layer_(layer),
      rule_(rule),
      correction_(layer.weight_codes, layer.out.channels, layer.rows(), layer.out.channels, rule) {}

PacWindow PacModel::read(std::span<const std::uint8_t> codes) const {
  BitPlanes planes;
  planes.assign(codes, layer_.activations.bits);
  PacWindow window;
  std::uint64_t sum = 0;
  for (std::size_t s = 0; s < correction_.segments(); ++s) {
    BitCounts& counts = window.counts.emplace_back(BitCounts{});
    for (std::uint32_t bit = 0; bit < planes.planes(); ++bit) {
      counts[bit] = count_ones(planes.plane(bit), correction_.segment(s));
    }
    sum += masked_sum(counts, 0xFF);
  }
  window.pac_class = static_cast<std::uint8_t>(rule_.class_of(sum, codes.size()));
  return window;
}

std::uint64_t scalar_products(const Layer& layer, const PacRule& rule, std::size_t segments,
                              std::size_t pac_class) {
  return std::uint64_t{layer.out.channels} * segments *
         rule.scalar_products(pac_class, layer.weights.bits, layer.activations.bits);
}

}  // namespace sumline
