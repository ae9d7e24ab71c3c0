// SPDX-License-Identifier: Apache-2.0
#include "arch/layer_engine.hpp"

#include <utility>

namespace sumline {
namespace {

IntegerMatrix weight_values(const Layer& layer) {
  std::vector<std::int16_t> values;
  values.reserve(layer.weight_codes.size());
  for (const std::uint8_t code : layer.weight_codes) {
    values.push_back(static_cast<std::int16_t>(layer.weights.value(code)));
  }
  return IntegerMatrix(values, layer.out.channels, layer.rows());
}

}  // namespace

LayerEngine::LayerEngine(const Layer& layer, const LayerMapping& mapping, const Accelerator& accelerator)
    : values_(weight_values(layer)), activations_(mapping.activations) {
  for (ArrayModel& array : program_arrays(layer, mapping, accelerator)) {
    if (array.region().column_begin == 0) {
      tiles_.push_back({array.region().rows, array.counter(), {}});
    } else {
      tiles_.back().counter.merge(array.counter());
    }
    if (!array.lossless()) {
      tiles_.back().lossy.push_back(std::move(array));
    }
  }
  if (layer.requantize) {
    lut_.emplace(layer, accelerator.tile.lut.mode, accelerator.tile.lut.index_bits);
  }
}

void LayerEngine::run(std::span<const std::uint8_t> vectors, std::size_t count,
                      std::span<std::int32_t> accumulators, BitPlanes& planes, LayerTally& tally) const {
  multiply(values_, vectors, count, accumulators);
  for (const RowTile& tile : tiles_) {
    if (tile.counter.dense()) {
      count_dense(tile, vectors, count, tally);
    }
    if (!tile.counter.dense() || !tile.lossy.empty()) {
      read(tile, vectors, count, accumulators, planes, tally);
    }
  }
}

void LayerEngine::count_dense(const RowTile& tile, std::span<const std::uint8_t> vectors, std::size_t count,
                              LayerTally& tally) const {
  std::uint64_t active = 0;
  if (tiles_.size() == 1) {
    active = count_active_digits(vectors, activations_.digit_bits);
  } else {
    for (std::size_t vector = 0; vector < count; ++vector) {
      const auto codes = vectors.subspan(vector * values_.depth() + tile.rows.begin, tile.rows.size());
      active += count_active_digits(codes, activations_.digit_bits);
    }
  }
  tally.counts += tile.counter.count_dense(count, active);
}

void LayerEngine::read(const RowTile& tile, std::span<const std::uint8_t> vectors, std::size_t count,
                       std::span<std::int32_t> accumulators, BitPlanes& planes, LayerTally& tally) const {
  for (std::size_t vector = 0; vector < count; ++vector) {
    planes.assign(vectors.subspan(vector * values_.depth() + tile.rows.begin, tile.rows.size()),
                  activations_.bits);
    if (!tile.counter.dense()) {
      tally.counts += tile.counter.count(planes);
    }
    for (const ArrayModel& array : tile.lossy) {
      const std::size_t first = vector * values_.rows() + array.first_output();
      tally.saturated += array.accumulate_losses(planes, accumulators.subspan(first, array.outputs()));
    }
  }
}

}  // namespace sumline
