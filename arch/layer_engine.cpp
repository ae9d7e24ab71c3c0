// SPDX-License-Identifier: Apache-2.0
#include "arch/layer_engine.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>
#include <utility>

#include "components/model/exact_product.hpp"
#include "components/model/pac_window.hpp"

namespace sumline {
namespace {

constexpr std::size_t kSample = 16;    ///< input vectors that stand for a block
constexpr std::size_t kLongRun = 16;   ///< channels from which a window is faster fetched pixel by pixel
constexpr std::size_t kReadCost = 16;  ///< of a read by itself, in reads of a batch; measured on LeNet-5

/// Ones on the wordlines of the exact pairs, each as often as its input bit is read.
std::uint64_t driven_bits(const BitCounts& ones, std::span<const PairTerm> pairs) {
  std::uint64_t driven = 0;
  for (const PairTerm& term : pairs) {
    for (std::uint32_t bit = 0; bit < ones.size(); ++bit) {
      const bool read = (term.activation_mask >> bit & 1U) != 0;
      driven += read ? std::uint64_t{ones[bit]} * static_cast<unsigned>(std::popcount(term.weight_mask)) : 0;
    }
  }
  return driven;
}

void add(const BitCounts& counts, BitCounts& sums) {
  std::ranges::transform(counts, sums, sums.begin(), std::plus<>());
}

}  // namespace

LayerEngine::LayerEngine(const Layer& layer, const LayerMapping& mapping, const Accelerator& accelerator)
    : layer_(layer), activations_(mapping.activations) {
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
  reads_batches_ = std::ranges::any_of(tiles_, [](const RowTile& tile) {
    return std::ranges::any_of(tile.lossy, [](const LossyArray& lossy) { return lossy.batch.has_value(); });
  });
  sums_alone_ = std::ranges::all_of(tiles_, [&](const RowTile& tile) {
    return !tile.conversions && tile.lossy.empty() && tile.counter.reads_like(tiles_.front().counter);
  });
  if (mapping.rule) sums_alone_ = mapping.rule->segment_rows == 0;
  const bool long_runs = layer.in.channels >= kLongRun;
  const bool pixels = sums_alone_ && (mapping.rule || long_runs);
  order_ = pixels || layer.kernel == 1 ? RowOrder::channel_minor : RowOrder::channel_major;
  counts_bits_ = pixels && activations_.digit_bits == 1 && !activations_.has_sign;
  if (mapping.rule) {
    const auto codes = order_rows(layer.weight_codes, window_geometry(layer), order_);
    products_.emplace(codes, layer.out.channels, layer.rows(), *mapping.rule);
  } else {
    product_.emplace(layer, order_);
  }
}

void LayerEngine::run(const InputVectors& vectors, std::span<std::int32_t> accumulators, BitPlanes& planes,
                      LayerTally& tally) const {
  const auto [codes, count, bit_counts] = vectors;
  if (products_) {
    run_approximated(vectors, accumulators, tally);
    return;
  }
  if (tiles_.front().conversions) {
    std::fill(accumulators.begin(), accumulators.end(), 0);
  } else {
    product_->multiply(codes, count, accumulators);
  }
  if (sums_alone_) {
    std::uint64_t active = 0;
    for (const BitCounts& ones : bit_counts) active = std::accumulate(ones.begin(), ones.end(), active);
    count_tiles(count, counts_bits_ ? active : activations_.count_active(codes), 0, tally);
    return;
  }
  for (const RowTile& tile : tiles_) {
    if (tile.conversions) {
      tally.saturated += tile.conversions->accumulate(codes, count, accumulators);
    }
    if (tile.counter.dense()) {
      count_dense(tile, codes, count, tally);
    }
    if (!tile.counter.dense() || !tile.lossy.empty()) {
      read(tile, codes, count, accumulators, planes, tally);
    }
  }
}

void LayerEngine::run_approximated(const InputVectors& vectors, std::span<std::int32_t> accumulators,
                                   LayerTally& tally) const {
  std::vector<std::uint8_t> classes(vectors.count);
  const std::vector<BitCounts> own = counts_bits_ ? std::vector<BitCounts>() : count_segments(vectors);
  const auto counts = counts_bits_ ? vectors.bit_counts : own;
  products_->multiply(vectors.codes, counts, accumulators, classes);
  const std::size_t segments = products_->segments();
  for (std::size_t index = 0; index < products_->rule().classes.size(); ++index) {
    std::uint64_t members = 0;
    BitCounts ones{};
    for (std::size_t vector = 0; vector < vectors.count; ++vector) {
      if (classes[vector] != index) continue;
      ++members;
      for (const BitCounts& part : counts.subspan(vector * segments, segments)) add(part, ones);
    }
    count_tiles(members, driven_bits(ones, products_->terms(index)), index, tally);
    tally.pac_classes[index] += members;
    tally.pac_products += members * scalar_products(layer_, products_->rule(), segments, index);
  }
}

std::vector<BitCounts> LayerEngine::count_segments(const InputVectors& vectors) const {
  std::vector<BitCounts> counts;
  for (std::size_t vector = 0; vector < vectors.count; ++vector) {
    for (std::size_t s = 0; s < products_->segments(); ++s) {
      const RowRange rows = products_->segment(s);
      counts.push_back(count_bits(vectors.codes.subspan(vector * stride() + rows.begin, rows.size())));
    }
  }
  return counts;
}

void LayerEngine::count_tiles(std::uint64_t vectors, std::uint64_t active, std::size_t pac_class,
                              LayerTally& tally) const {
  // Row tiles see different wordlines but read alike, so that one stands for all active ones.
  for (const RowTile& tile : tiles_) {
    tally.counts += tile.counter.count_dense(vectors, &tile == tiles_.data() ? active : 0, pac_class);
  }
}

void LayerEngine::count_dense(const RowTile& tile, std::span<const std::uint8_t> vectors, std::size_t count,
                              LayerTally& tally) const {
  std::uint64_t active = 0;
  for (std::size_t vector = 0; vector < count; ++vector) {
    active += activations_.count_active(codes(tile, vectors, vector));
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
