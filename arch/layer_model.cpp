// SPDX-License-Identifier: Apache-2.0
#include "arch/layer_model.hpp"

#include <algorithm>
#include <numeric>

#include "components/model/input_vectors.hpp"
#include "components/model/pool_model.hpp"

namespace sumline {

LayerModel::LayerModel(const Workload& workload, const Accelerator& accelerator, const Mapping& mapping,
                       std::size_t index)
    : layer_(workload.layers[index]),
      passes_codes_(pools_codes(workload, layer_)),
      rounding_(workload, layer_),
      geometry_(window_geometry(layer_)),
      padding_(padding_codes(layer_)),
      input_values_(MapValues::input(workload, layer_)) {
  const LutConfig& lut = accelerator.tile.lut;
  if (layer_.residual >= 0) residual_values_ = MapValues::residual(workload, layer_);
  if (layer_.has_weights() && !mapping.layers[index]) product_.emplace(layer_);
  if (layer_.requantize)
    lut_.emplace(layer_, mapping.homes[index].largest_accumulator, lut.mode, lut.index_bits);
  if (index + 1 == workload.layers.size()) logits_.emplace(layer_);
}

void LayerModel::gather(const MapView& map, std::size_t begin, std::span<std::uint8_t> vectors) const {
  gather_inputs(layer_, rounding_, map.codes, begin, vectors);
}

void LayerModel::multiply(std::span<const std::uint8_t> vectors, std::size_t count,
                          std::span<std::int32_t> accumulators) const {
  product_->multiply(vectors, count, accumulators);
}

void LayerModel::pool(const MapView& map, std::size_t begin, std::span<std::int32_t> accumulators) const {
  const auto fold = layer_.kind == LayerKind::average_pool ? window_sums : window_maxima;
  fold(layer_, map, input_values_, begin, accumulators);
}

void LayerModel::pass_codes(const MapView& map, std::span<std::uint8_t> pooled) const {
  max_pool(layer_, map.codes, pooled);
  if (!rounding_.identity()) rounding_.apply(pooled);
}

void LayerModel::pass_codes(const MapView& map, std::uint32_t position, std::span<std::uint8_t> codes) const {
  max_pool(layer_, map.codes, position, codes);
  if (!rounding_.identity()) rounding_.apply(codes);
}

void LayerModel::input_sums(std::span<const std::uint8_t> vectors, std::span<std::int32_t> sums) const {
  if (sums.empty()) return;
  const std::size_t stride = vectors.size() / sums.size();
  for (std::size_t index = 0; index < sums.size(); ++index) {
    const auto codes = vectors.subspan(index * stride, layer_.rows());
    sums[index] = std::accumulate(codes.begin(), codes.end(), 0);
  }
}

void LayerModel::input_sums(std::span<const BitCounts> counts, std::span<std::int32_t> sums) {
  std::ranges::transform(counts, sums.begin(), [](const BitCounts& ones) {
    return static_cast<std::int32_t>(masked_sum(ones, 0xFF));
  });
}

void LayerModel::residuals(const MapView& map, std::size_t begin, std::span<std::int32_t> residuals) const {
  if (layer_.kind == LayerKind::average_pool) {
    return window_sums(layer_, map, *residual_values_, begin, residuals);
  }
  const std::size_t channels = layer_.out.channels;
  const std::size_t count = residuals.size() / channels;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const std::size_t first = channel * layer_.out.positions() + begin;
    for (std::size_t index = 0; index < count; ++index) {
      residuals[index * channels + channel] = residual_values_->at(map, first + index);
    }
  }
}

}  // namespace sumline
