// SPDX-License-Identifier: Apache-2.0
#include "arch/layer_engine.hpp"

#include <algorithm>
#include <utility>

#include "components/model/exact_product.hpp"

namespace sumline {
namespace {

constexpr std::size_t kSample = 16;    ///< input vectors that stand for a block
constexpr std::size_t kReadCost = 16;  ///< of a read by itself, in reads of a batch; measured on LeNet-5

}  // namespace

LayerEngine::LayerEngine(const Layer& layer, const LayerMapping& mapping, const Accelerator& accelerator)
    : values_(weight_matrix(layer)), activations_(mapping.activations) {
  for (ArrayModel& array : program_arrays(layer, mapping, accelerator)) {
    if (array.region().column_begin == 0) {
      tiles_.push_back({array.region().rows, array.counter(), {}});
    } else {
      tiles_.back().counter.merge(array.counter());
    }
    if (!array.lossless()) {
      auto batch = BatchLosses::supports(array) ? std::optional(BatchLosses(array)) : std::nullopt;
      tiles_.back().lossy.push_back({std::move(array), std::move(batch)});
    }
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
      active += count_active_digits(codes(tile, vectors, vector), activations_.digit_bits);
    }
  }
  tally.counts += tile.counter.count_dense(count, active);
}

void LayerEngine::read(const RowTile& tile, std::span<const std::uint8_t> vectors, std::size_t count,
                       std::span<std::int32_t> accumulators, BitPlanes& planes, LayerTally& tally) const {
  std::optional<InputBatch> batch;
  std::vector<const ArrayModel*> one_by_one;
  for (const LossyArray& lossy : tile.lossy) {
    if (!prefers_batch(tile, lossy, vectors, count, planes)) {
      one_by_one.push_back(&lossy.array);
      continue;
    }
    if (!batch) {
      batch.emplace(vectors, count, static_cast<std::uint32_t>(values_.depth()), activations_.bits);
    }
    tally.saturated +=
        lossy.batch->accumulate(*batch, accumulators.subspan(lossy.array.first_output()), values_.rows());
  }
  if (tile.counter.dense() && one_by_one.empty()) {
    return;
  }
  for (std::size_t vector = 0; vector < count; ++vector) {
    planes.assign(codes(tile, vectors, vector), activations_.bits);
    if (!tile.counter.dense()) {
      tally.counts += tile.counter.count(planes);
    }
    for (const ArrayModel* array : one_by_one) {
      const std::size_t first = vector * values_.rows() + array->first_output();
      tally.saturated += array->accumulate_losses(planes, accumulators.subspan(first, array->outputs()));
    }
  }
}

bool LayerEngine::prefers_batch(const RowTile& tile, const LossyArray& lossy,
                                std::span<const std::uint8_t> vectors, std::size_t count,
                                BitPlanes& planes) const {
  if (!lossy.batch) {
    return false;
  }
  const std::size_t step = std::max<std::size_t>(count / kSample, 1);
  std::size_t reads = 0;
  for (std::size_t vector = 0; vector < count; vector += step) {
    planes.assign(codes(tile, vectors, vector), activations_.bits);
    reads += step * lossy.array.reads_that_may_lose(planes);
  }
  return reads * kReadCost > lossy.batch->reads(count, activations_.bits);
}

}  // namespace sumline
