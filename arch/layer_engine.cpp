// SPDX-License-Identifier: Apache-2.0
#include "arch/layer_engine.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "components/model/exact_product.hpp"
#include "components/model/pac_window.hpp"

namespace sumline {
namespace {

constexpr std::size_t kSample = 16;    ///< input vectors that stand for a block
constexpr std::size_t kReadCost = 16;  ///< of a read by itself, in reads of a batch; measured on LeNet-5

/// Ones on the wordlines of the exact pairs, each as often as its input bit is read.
std::uint64_t driven_bits(std::span<const std::uint8_t> codes, std::span<const PairTerm> pairs) {
  std::uint64_t driven = 0;
  for (const PairTerm& term : pairs) {
    driven +=
        static_cast<std::uint64_t>(std::popcount(term.weight_mask)) * count_bits(codes, term.activation_mask);
  }
  return driven;
}

}  // namespace

LayerEngine::LayerEngine(const Layer& layer, const LayerMapping& mapping, const Accelerator& accelerator)
    : layer_(layer), activations_(mapping.activations) {
  if (mapping.rule) {
    products_.emplace(layer.weight_codes, layer.out.channels, layer.rows(), *mapping.rule);
  } else {
    product_.emplace(layer);
  }
  for (ArrayModel& array : program_arrays(layer, mapping, accelerator)) {
    if (array.region().column_begin == 0) {
      auto conversions =
          TileConversions::supports(array) ? std::optional(TileConversions(layer, array)) : std::nullopt;
      tiles_.push_back({array.region().rows, array.counter(), std::move(conversions), {}});
    } else {
      tiles_.back().counter.merge(array.counter());
    }
    if (!array.lossless() && !tiles_.back().conversions) {
      auto batch = BatchLosses::supports(array) ? std::optional(BatchLosses(array)) : std::nullopt;
      tiles_.back().lossy.push_back({std::move(array), std::move(batch)});
    }
  }
}

void LayerEngine::run(std::span<const std::uint8_t> vectors, std::size_t count,
                      std::span<std::int32_t> accumulators, BitPlanes& planes, LayerTally& tally) const {
  if (products_) {
    run_approximated(vectors, count, accumulators, tally);
    return;
  }
  if (tiles_.front().conversions) {
    std::fill(accumulators.begin(), accumulators.end(), 0);
  } else {
    product_->multiply(vectors, count, accumulators);
  }
  for (const RowTile& tile : tiles_) {
    if (tile.conversions) {
      tally.saturated += tile.conversions->accumulate(vectors, count, accumulators);
    }
    if (tile.counter.dense()) {
      count_dense(tile, vectors, count, tally);
    }
    if (!tile.counter.dense() || !tile.lossy.empty()) {
      read(tile, vectors, count, accumulators, planes, tally);
    }
  }
}

void LayerEngine::run_approximated(std::span<const std::uint8_t> vectors, std::size_t count,
                                   std::span<std::int32_t> accumulators, LayerTally& tally) const {
  const std::size_t rows = layer_.rows();
  const std::size_t stride = products_->window_stride();
  std::vector<std::uint8_t> padded;
  if (stride != rows) {
    padded.resize(count * stride);
    for (std::size_t vector = 0; vector < count; ++vector) {
      std::copy_n(vectors.begin() + static_cast<std::ptrdiff_t>(vector * rows), rows,
                  padded.begin() + static_cast<std::ptrdiff_t>(vector * stride));
    }
  }
  const auto windows = stride == rows ? vectors.first(count * rows) : std::span<const std::uint8_t>(padded);
  std::vector<std::uint8_t> classes(count);
  products_->multiply(windows, accumulators, classes);
  std::vector<std::uint64_t> members(products_->rule().classes.size());
  std::vector<std::uint64_t> active(members.size());
  for (std::size_t vector = 0; vector < count; ++vector) {
    ++members[classes[vector]];
    active[classes[vector]] +=
        driven_bits(vectors.subspan(vector * rows, rows), products_->terms(classes[vector]));
  }
  for (std::size_t index = 0; index < members.size(); ++index) {
    count_class(index, members[index], active[index], tally);
  }
}

void LayerEngine::count_class(std::size_t pac_class, std::uint64_t vectors, std::uint64_t active,
                              LayerTally& tally) const {
  // Row tiles see different wordlines but have the same blocks, so that one stands for all active ones.
  for (const RowTile& tile : tiles_) {
    tally.counts += tile.counter.count_dense(vectors, &tile == tiles_.data() ? active : 0, pac_class);
  }
  tally.pac_classes[pac_class] += vectors;
  tally.pac_products +=
      vectors * scalar_products(layer_, products_->rule(), products_->segments(), pac_class);
}

void LayerEngine::count_dense(const RowTile& tile, std::span<const std::uint8_t> vectors, std::size_t count,
                              LayerTally& tally) const {
  std::uint64_t active = 0;
  if (tiles_.size() == 1) {
    active = activations_.count_active(vectors);
  } else {
    for (std::size_t vector = 0; vector < count; ++vector) {
      active += activations_.count_active(codes(tile, vectors, vector));
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
      batch.emplace(vectors, count, static_cast<std::uint32_t>(layer_.rows()), activations_.bits);
    }
    tally.saturated += lossy.batch->accumulate(*batch, accumulators.subspan(lossy.array.first_output()),
                                               layer_.out.channels);
  }
  if (tile.counter.dense() && one_by_one.empty()) {
    return;
  }
  for (std::size_t vector = 0; vector < count; ++vector) {
    activations_.split(codes(tile, vectors, vector), planes);
    if (!tile.counter.dense()) {
      tally.counts += tile.counter.count(planes);
    }
    for (const ArrayModel* array : one_by_one) {
      const std::size_t first = vector * layer_.out.channels + array->first_output();
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
    activations_.split(codes(tile, vectors, vector), planes);
    reads += step * lossy.array.reads_that_may_lose(planes);
  }
  return reads * kReadCost > lossy.batch->reads(count, activations_.bits);
}

}  // namespace sumline
