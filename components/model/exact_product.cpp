// SPDX-License-Identifier: Apache-2.0
#include "components/model/exact_product.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace sumline {

IntegerMatrix weight_matrix(const Layer& layer, RowOrder order) {
  std::vector<std::int16_t> values;
  values.reserve(layer.weight_codes.size());
  for (const std::uint8_t code : order_rows(layer.weight_codes, window_geometry(layer), order)) {
    values.push_back(static_cast<std::int16_t>(layer.weights.value(code)));
  }
  return IntegerMatrix(values, layer.out.channels, layer.rows());
}

ExactProduct::ExactProduct(const Layer& layer, RowOrder order)
    : ExactProduct(weight_matrix(layer, order), layer.activations) {}

ExactProduct::ExactProduct(IntegerMatrix weights, const CodeFormat& activations)
    : weights_(std::move(weights)), codes_are_values_(activations.encoding == Encoding::unsigned_binary) {
  for (std::uint32_t code = 0; code < values_.size(); ++code) {
    values_[code] = static_cast<std::int16_t>(activations.value(code));
  }
}

void ExactProduct::multiply(std::span<const std::uint8_t> vectors, std::size_t count,
                            std::span<std::int32_t> accumulators) const {
  if (codes_are_values_) {
    sumline::multiply(weights_, vectors, count, accumulators);
    return;
  }
  std::vector<std::int16_t> values(vectors.size());
  std::ranges::transform(vectors, values.begin(), [&](std::uint8_t code) { return values_[code]; });
  sumline::multiply(weights_, values, count, accumulators);
}

}  // namespace sumline
