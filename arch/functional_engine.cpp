// SPDX-License-Identifier: Apache-2.0
#include "arch/functional_engine.hpp"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <span>
#include <vector>

#include "arch/counting.hpp"
#include "arch/layer_engine.hpp"
#include "components/model/input_vectors.hpp"
#include "components/model/max_pool_model.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::uint64_t kBatch = 32;            ///< images a thread takes at a time
constexpr std::size_t kBlockBytes = 16 * 1024;  ///< input vectors that stay in the first-level cache

/// What one thread works with: storage for one batch, sums over all its batches.
struct Worker {
  explicit Worker(std::size_t layers) : maps(layers), tallies(layers) {}

  std::vector<std::vector<std::uint8_t>> maps;  ///< [layers][images of the batch, out]
  std::vector<LayerTally> tallies;              ///< [layers]
  std::vector<std::uint8_t> vectors;
  std::vector<std::int32_t> accumulators;
  BitPlanes planes;
};

class Network {
 public:
  Network(const Workload& workload, const Accelerator& accelerator, const Mapping& mapping,
          const VectorObserver& observer)
      : workload_(workload), observer_(observer) {
    for (std::size_t index = 0; index < workload.layers.size(); ++index) {
      engines_.emplace_back();
      if (workload.layers[index].has_weights()) {
        engines_.back().emplace(workload.layers[index], *mapping.layers[index], accelerator);
      }
    }
  }

  /// Runs `images` images from image `begin` on. @param logit_sums [images, classes]
  void run(std::uint64_t begin, std::uint64_t images, Worker& worker,
           std::span<std::int32_t> logit_sums) const {
    for (std::size_t index = 0; index < workload_.layers.size(); ++index) {
      const Layer& layer = workload_.layers[index];
      const auto input =
          layer.input < 0
              ? std::span(workload_.image_codes).subspan(begin * layer.in.size(), images * layer.in.size())
              : std::span<const std::uint8_t>(worker.maps[static_cast<std::size_t>(layer.input)]);
      worker.maps[index].resize(images * layer.out.size());
      if (layer.has_weights()) {
        run_weights(index, input, images, worker, logit_sums);
        continue;
      }
      for (std::uint64_t image = 0; image < images; ++image) {
        max_pool(layer, input.subspan(image * layer.in.size(), layer.in.size()),
                 std::span(worker.maps[index]).subspan(image * layer.out.size(), layer.out.size()));
      }
    }
  }

 private:
  /// All positions of all images form one list of input vectors, taken in blocks; a block may cross images.
  void run_weights(std::size_t index, std::span<const std::uint8_t> input, std::uint64_t images,
                   Worker& worker, std::span<std::int32_t> logit_sums) const {
    const Layer& layer = workload_.layers[index];
    const std::size_t vectors = images * layer.out.positions();
    const std::size_t block = std::max<std::size_t>(kBlockBytes / layer.rows(), 16);
    for (std::size_t begin = 0; begin < vectors; begin += block) {
      const std::size_t count = std::min(block, vectors - begin);
      worker.vectors.resize(count * layer.rows());
      worker.accumulators.resize(count * layer.out.channels);
      for_each_stretch(layer, begin, count,
                       [&](std::size_t image, std::size_t position, std::size_t first, std::size_t size) {
                         gather_inputs(
                             layer, input.subspan(image * layer.in.size(), layer.in.size()), position,
                             std::span(worker.vectors).subspan(first * layer.rows(), size * layer.rows()));
                       });
      if (observer_) {
        observer_(index, worker.vectors, count);
      }
      engines_[index]->run(worker.vectors, count, worker.accumulators, worker.planes, worker.tallies[index]);
      for_each_stretch(layer, begin, count,
                       [&](std::size_t image, std::size_t position, std::size_t first, std::size_t size) {
                         const std::size_t target = image * layer.out.size() + position;
                         const auto sums =
                             std::span<const std::int32_t>(worker.accumulators)
                                 .subspan(first * layer.out.channels, size * layer.out.channels);
                         store(index, sums, target, worker, logit_sums);
                       });
    }
  }

  /// Cuts vectors [begin, begin + count) where an image ends: visit(image, position, vector of the block,
  /// vectors).
  template <class Visit>
  static void for_each_stretch(const Layer& layer, std::size_t begin, std::size_t count, Visit visit) {
    const std::size_t positions = layer.out.positions();
    for (std::size_t done = 0; done < count;) {
      const std::size_t position = (begin + done) % positions;
      const std::size_t size = std::min(count - done, positions - position);
      visit((begin + done) / positions, position, done, size);
      done += size;
    }
  }

  /// Turns [size, channels] accumulators into [channels, positions] codes, or hands them on where they are
  /// logits.
  void store(std::size_t index, std::span<const std::int32_t> sums, std::size_t target, Worker& worker,
             std::span<std::int32_t> logit_sums) const {
    const Layer& layer = workload_.layers[index];
    const std::size_t positions = layer.out.positions();
    if (layer.requantize) {
      engines_[index]->lut()->codes(sums, std::span(worker.maps[index]).subspan(target), positions);
      return;
    }
    for (std::size_t element = 0; element < sums.size(); ++element) {
      const std::size_t channel = element % layer.out.channels;
      logit_sums[target + channel * positions + element / layer.out.channels] = sums[element];
    }
  }

  const Workload& workload_;
  const VectorObserver& observer_;
  std::vector<std::optional<LayerEngine>> engines_;
};

const Layer& logit_layer(const Workload& workload) {
  const auto layer = std::find_if(workload.layers.begin(), workload.layers.end(), [](const Layer& candidate) {
    return candidate.has_weights() && !candidate.requantize;
  });
  SUMLINE_ASSERT(layer != workload.layers.end(), "a workload ends in logits");
  return *layer;
}

/// z and the first largest of each image.
void read_logits(const Layer& layer, EngineOutput& output) {
  const std::size_t classes = layer.out.size();
  output.logits.resize(output.accumulators.size());
  for (std::size_t index = 0; index < output.logits.size(); ++index) {
    const std::size_t channel = index % classes / layer.out.positions();
    output.logits[index] = layer.scale[channel] * output.accumulators[index] + layer.offset[channel];
  }
  for (auto image = output.logits.begin(); image != output.logits.end();
       image += static_cast<std::ptrdiff_t>(classes)) {
    const auto largest = std::max_element(image, image + static_cast<std::ptrdiff_t>(classes));
    output.predicted.push_back(static_cast<std::uint32_t>(largest - image));
  }
}

}  // namespace

EngineOutput run_functional_engine(const Workload& workload, const Accelerator& accelerator,
                                   const Mapping& mapping, std::uint64_t begin, std::uint64_t end,
                                   const Progress& progress, const VectorObserver& observer) {
  SUMLINE_ASSERT(begin <= end && end <= workload.images(), "images of the workload");
  const Network network(workload, accelerator, mapping, observer);
  const Layer& last = logit_layer(workload);
  EngineOutput output{.accumulators = std::vector<std::int32_t>((end - begin) * last.out.size()),
                      .logits = {},
                      .predicted = {},
                      .ledger = ActionLedger(workload.layers.size()),
                      .saturated = std::vector<std::uint64_t>(workload.layers.size())};
  tbb::enumerable_thread_specific<Worker> workers(workload.layers.size());
  std::atomic<std::uint64_t> done = 0;
  tbb::parallel_for(std::uint64_t{0}, (end - begin + kBatch - 1) / kBatch, [&](std::uint64_t batch) {
    const std::uint64_t first = batch * kBatch;
    const std::uint64_t images = std::min(kBatch, end - begin - first);
    network.run(begin + first, images, workers.local(),
                std::span(output.accumulators).subspan(first * last.out.size(), images * last.out.size()));
    if (const std::uint64_t so_far = done += images; progress && !progress(so_far)) {
      throw Error("evaluation: stopped after " + std::to_string(so_far) + " of " +
                  std::to_string(end - begin) + " images");
    }
  });
  read_logits(last, output);
  count_traffic(output.ledger, workload, accelerator, mapping, end - begin);
  for (const Worker& worker : workers) {
    for (std::size_t layer = 0; layer < worker.tallies.size(); ++layer) {
      count_reads(output.ledger, layer, worker.tallies[layer].counts);
      output.saturated[layer] += worker.tallies[layer].saturated;
    }
  }
  return output;
}

}  // namespace sumline
