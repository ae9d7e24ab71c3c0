// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "arch/mapping.hpp"
#include "components/model/batch_losses.hpp"

namespace sumline {

/// What a thread adds up over the input vectors it ran through one layer.
struct LayerTally {
  ArrayCounts counts;
  std::uint64_t saturated = 0;
};

/// One layer on arrays as a whole: all of them at once, many input vectors at a time. Immutable, so
/// threads share it.
class LayerEngine {
 public:
  LayerEngine(const Layer& layer, const LayerMapping& mapping, const Accelerator& accelerator);

  /// @param vectors [count, layer.rows()] codes @param accumulators [count, layer.out.channels], replaced
  /// @param planes working storage
  void run(std::span<const std::uint8_t> vectors, std::size_t count, std::span<std::int32_t> accumulators,
           BitPlanes& planes, LayerTally& tally) const;

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
    std::vector<LossyArray> lossy;
  };

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
    return vectors.subspan(vector * values_.depth() + tile.rows.begin, tile.rows.size());
  }

  IntegerMatrix values_;
  ActivationSlicing activations_;
  std::vector<RowTile> tiles_;
};

}  // namespace sumline
