// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_window.hpp"

namespace sumline {

PacModel::PacModel(const Layer& layer, const PacRule& rule)
    : layer_(layer),
      rule_(rule),
      correction_(layer.weight_codes, layer.out.channels, layer.rows(), layer.out.channels, rule) {}

PacWindow PacModel::read(std::span<const std::uint8_t> codes) const {
  PacWindow window;
  std::uint64_t sum = 0;
  for (std::size_t s = 0; s < correction_.segments(); ++s) {
    const RowRange rows = correction_.segment(s);
    window.counts.push_back(count_bits(codes.subspan(rows.begin, rows.size())));
    sum += masked_sum(window.counts.back(), 0xFF);
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
