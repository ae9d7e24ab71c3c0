// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "arch/functional_engine.hpp"
#include "arch/layer_engine.hpp"
#include "arch/layer_model.hpp"

namespace sumline {

/// What one layer handed on for the images of a batch, [images, channels, height, width]: codes or sums.
struct BatchMap {
  std::vector<std::uint8_t> codes;
  std::vector<std::int32_t> sums;
};

/// What one thread works with: storage for one batch, sums over all its batches.
struct FunctionalWorker {
  explicit FunctionalWorker(std::size_t layers) : maps(layers), tallies(layers) {}

  std::vector<BatchMap> maps;       ///< [layers]
  std::vector<LayerTally> tallies;  ///< [layers]
  PixelMap pixels;                  ///< the image at hand
  std::vector<std::uint8_t> vectors;
  std::vector<BitCounts> bit_counts;
  std::vector<std::uint8_t> observed;
  std::vector<std::int32_t> accumulators;
  std::vector<std::int32_t> input_sums;
  std::vector<std::int32_t> residuals;
  BitPlanes planes;
};

/// Where the results of a batch go, [images, classes].
struct BatchResults {
  std::span<std::int32_t> accumulators;
  std::span<double> logits;
};

/// A network as one thread runs it, layer by layer. Immutable, so threads share it.
class FunctionalNetwork {
 public:
  FunctionalNetwork(const Workload& workload, const Accelerator& accelerator, const Mapping& mapping,
                    const VectorObserver& observer);

  /// Runs `images` images from image `begin` on.
  void run(std::uint64_t begin, std::uint64_t images, FunctionalWorker& worker, BatchResults results) const;

 private:
  /// What the images of the batch hand on, or layer `source` for them.
  MapView map(std::int32_t source, std::uint64_t begin, std::uint64_t images,
              const FunctionalWorker& worker) const;
  void run_layer(std::size_t index, const MapView& input, std::uint64_t images, FunctionalWorker& worker,
                 BatchResults results) const;
  void form_sums(std::size_t index, const MapView& input, std::size_t begin, std::size_t count,
                 FunctionalWorker& worker) const;
  /// Fetches the block's windows, and what is counted of them, as the engine wants them.
  void gather_pixels(std::size_t index, const MapView& input, std::size_t begin, std::size_t count,
                     FunctionalWorker& worker) const;
  /// Fetches them in the order of the weight matrix. @param vectors [count, stride], replaced
  void gather_rows(std::size_t index, const MapView& input, std::size_t begin, std::size_t count,
                   std::size_t stride, std::vector<std::uint8_t>& vectors) const;
  void add_residuals(std::size_t index, std::size_t begin, std::size_t count, FunctionalWorker& worker) const;
  void store(std::size_t index, const OutputSums& sums, std::size_t target, FunctionalWorker& worker,
             BatchResults results) const;

  const Workload& workload_;
  const VectorObserver& observer_;
  std::vector<LayerModel> models_;                   ///< [layers]
  std::vector<std::optional<LayerEngine>> engines_;  ///< [layers] where they stand on arrays
};

}  // namespace sumline
