// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "arch/engine_output.hpp"
#include "arch/mapping.hpp"
#include "components/model/batch_losses.hpp"
#include "components/model/exact_product.hpp"
#include "components/model/pac_products.hpp"
#include "components/model/tile_conversions.hpp"

namespace sumline {

/// What a thread adds up over the input vectors it ran through one layer.
struct LayerTally {
  ArrayCounts counts;
  std::uint64_t saturated = 0;
  std::uint64_t pac_products = 0;
  PacClassCounts pac_classes{};
};

/// Input vectors of consecutive output positions.
struct InputVectors {
  std::span<const std::uint8_t> codes;  ///< [count, LayerEngine::stride()], anything behind a vector's rows
  std::size_t count;
  std::span<const BitCounts> bit_counts;  ///< [count] where LayerEngine::counts_bits()
};

/// One layer on arrays as a whole: all of them at once, many input vectors at a time. Immutable, so
/// threads share it.
class LayerEngine {
 public:
  LayerEngine(const Layer& layer, const LayerMapping& mapping, const Accelerator& accelerator);

  /// The order of the vectors' rows: that of a map's pixels where the arrays' own does not matter.
  RowOrder order() const { return order_; }
  /// Bytes from one vector to the next.
  std::size_t stride() const { return products_ ? products_->window_stride() : layer_.rows(); }
  /// Input vectors that its kernels take at once: fewer cost as much.
  std::size_t vector_batch() const { return reads_batches_ ? InputBatch::kVectors : kProductVectors; }
  /// True where the ones of each bit tell all that is counted.
  bool counts_bits() const { return counts_bits_; }

  /// @param accumulators [count, layer.out.channels], replaced @param planes working storage
  void run(const InputVectors& vectors, std::span<std::int32_t> accumulators, BitPlanes& planes,
           LayerTally& tally) const;

  static constexpr std::size_t kProductVectors = 48;  ///< of the exact product, and whole batches of codes

 private:
  /// An array whose conversions may lose, with both ways to find what they do lose.
  struct LossyArray {
    ArrayModel array;
    std::optional<BatchLosses> batch;
  };
  /// The arrays that see the same wordlines.
  struct RowTile {
    RowRange rows;
    ReadCounter counter;
    std::optional<TileConversions> conversions;  ///< where nothing is exact: instead of `lossy`
    std::vector<LossyArray> lossy;
  };

  void run_approximated(const InputVectors& vectors, std::span<std::int32_t> accumulators,
                        LayerTally& tally) const;
  /// The counts of each segment. @return [count, segments]
  std::vector<BitCounts> count_segments(const InputVectors& vectors) const;
  /// Where all row tiles read alike. @param active digits of all wordlines, each as often as it is read
  void count_tiles(std::uint64_t vectors, std::uint64_t active, std::size_t pac_class,
                   LayerTally& tally) const;
  void count_dense(const RowTile& tile, std::span<const std::uint8_t> vectors, std::size_t count,
                   LayerTally& tally) const;
  void read(const RowTile& tile, std::span<const std::uint8_t> vectors, std::size_t count,
            std::span<std::int32_t> accumulators, BitPlanes& planes, LayerTally& tally) const;
  /// True where so many reads may lose that making all of them at once is faster than those one by one.
  bool prefers_batch(const RowTile& tile, const LossyArray& lossy, std::span<const std::uint8_t> vectors,
                     std::size_t count, BitPlanes& planes) const;
  /// The codes that vector number `vector` has for the tile.
  std::span<const std::uint8_t> codes(const RowTile& tile, std::span<const std::uint8_t> vectors,
                                      std::size_t vector) const {
    return vectors.subspan(vector * layer_.rows() + tile.rows.begin, tile.rows.size());
  }

  const Layer& layer_;
  std::optional<ExactProduct> product_;  ///< where all products are formed in arrays
  std::optional<PacProducts> products_;  ///< elsewhere
  ActivationSlicing activations_;
  std::vector<RowTile> tiles_;
  bool reads_batches_;  ///< some array may be read out by BatchLosses
  bool sums_alone_;     ///< nothing but the sums over all rows matters
  RowOrder order_;
  bool counts_bits_;
};

}  // namespace sumline
