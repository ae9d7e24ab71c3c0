// SPDX-License-Identifier: Apache-2.0
#include "arch/functional_network.hpp"

#include <algorithm>

namespace sumline {
namespace {

constexpr std::size_t kBlockBytes = 16 * 1024;  ///< input vectors that stay in the first-level cache

/// Cuts positions [begin, begin + count) of consecutive images where an image ends:
/// visit(image, position, element of the block, positions).
template <class Visit>
void for_each_stretch(const Layer& layer, std::size_t begin, std::size_t count, Visit visit) {
  const std::size_t positions = layer.out.positions();
  for (std::size_t done = 0; done < count;) {
    const std::size_t position = (begin + done) % positions;
    const std::size_t size = std::min(count - done, positions - position);
    visit((begin + done) / positions, position, done, size);
    done += size;
  }
}

/// The part of [positions, width] values, empty where there are none.
template <class Value>
std::span<Value> part(std::span<Value> values, std::size_t first, std::size_t size, std::size_t width) {
  return values.empty() ? values : values.subspan(first * width, size * width);
}

}  // namespace

FunctionalNetwork::FunctionalNetwork(const Workload& workload, const Accelerator& accelerator,
                                     const Mapping& mapping, const VectorObserver& observer)
    : workload_(workload), observer_(observer) {
  models_.reserve(workload.layers.size());
  for (std::size_t index = 0; index < workload.layers.size(); ++index) {
    models_.emplace_back(workload, accelerator, mapping, index);
    engines_.emplace_back();
    if (mapping.layers[index]) {
      engines_.back().emplace(workload.layers[index], *mapping.layers[index], accelerator);
    }
  }
}

void FunctionalNetwork::run(std::uint64_t begin, std::uint64_t images, FunctionalWorker& worker,
                            BatchResults results) const {
  for (std::size_t index = 0; index < models_.size(); ++index) {
    const Layer& layer = workload_.layers[index];
    const MapView input = map(layer.input, begin, images, worker);
    BatchMap& output = worker.maps[index];
    if (content_of(workload_, static_cast<std::int32_t>(index)) == Content::codes) {
      output.codes.resize(images * layer.out.size());
    } else {
      output.sums.resize(images * layer.out.size());
    }
    if (!models_[index].passes_codes()) {
      run_layer(index, input, images, worker, results);
      continue;
    }
    for (std::uint64_t image = 0; image < images; ++image) {
      models_[index].pass_codes(input.image(image, layer.in.size()),
                                std::span(output.codes).subspan(image * layer.out.size(), layer.out.size()));
    }
  }
}

MapView FunctionalNetwork::map(std::int32_t source, std::uint64_t begin, std::uint64_t images,
                               const FunctionalWorker& worker) const {
  if (source < 0) {
    const std::size_t size = workload_.image.size();
    return {std::span(workload_.image_codes).subspan(begin * size, images * size), {}};
  }
  const BatchMap& map = worker.maps[static_cast<std::size_t>(source)];
  return {map.codes, map.sums};
}

/// All positions of all images form one list, taken in blocks; a block may cross images.
void FunctionalNetwork::run_layer(std::size_t index, const MapView& input, std::uint64_t images,
                                  FunctionalWorker& worker, BatchResults results) const {
  const Layer& layer = workload_.layers[index];
  const std::size_t channels = layer.out.channels;
  const std::size_t positions = images * layer.out.positions();
  const std::size_t batch = engines_[index] ? engines_[index]->vector_batch() : LayerEngine::kProductVectors;
  const std::size_t block = (kBlockBytes / layer.rows() + batch) / batch * batch;
  for (std::size_t begin = 0; begin < positions; begin += block) {
    const std::size_t count = std::min(block, positions - begin);
    form_sums(index, input, begin, count, worker);
    add_residuals(index, begin, count, worker);
    const OutputSums sums{worker.accumulators, worker.input_sums, worker.residuals};
    for_each_stretch(
        layer, begin, count,
        [&](std::size_t image, std::size_t position, std::size_t first, std::size_t size) {
          store(index,
                {part(sums.accumulators, first, size, channels), part(sums.input_sums, first, size, 1),
                 part(sums.residuals, first, size, channels)},
                image * layer.out.size() + position, worker, results);
        });
  }
}

void FunctionalNetwork::form_sums(std::size_t index, const MapView& input, std::size_t begin,
                                  std::size_t count, FunctionalWorker& worker) const {
  const LayerModel& model = models_[index];
  const Layer& layer = model.layer();
  worker.accumulators.resize(count * layer.out.channels);
  worker.input_sums.resize(model.needs_input_sums() ? count : 0);
  if (!layer.has_weights()) {
    for_each_stretch(layer, begin, count,
                     [&](std::size_t image, std::size_t position, std::size_t first, std::size_t size) {
                       model.pool(input.image(image, layer.in.size()), position,
                                  part(std::span(worker.accumulators), first, size, layer.out.channels));
                     });
    return;
  }
  const auto& engine = engines_[index];
  if (engine && engine->order() == RowOrder::channel_minor) {
    gather_pixels(index, input, begin, count, worker);
  } else {
    gather_rows(index, input, begin, count, engine ? engine->stride() : layer.rows(), worker.vectors);
    model.input_sums(worker.vectors, worker.input_sums);
  }
  if (!engine) return model.multiply(worker.vectors, count, worker.accumulators);
  if (observer_) {
    gather_rows(index, input, begin, count, layer.rows(), worker.observed);
    observer_(index, worker.observed, count);
  }
  engine->run({worker.vectors, count, worker.bit_counts}, worker.accumulators, worker.planes,
              worker.tallies[index]);
}

void FunctionalNetwork::gather_pixels(std::size_t index, const MapView& input, std::size_t begin,
                                      std::size_t count, FunctionalWorker& worker) const {
  const LayerModel& model = models_[index];
  const std::size_t stride = engines_[index]->stride();
  const bool counted = engines_[index]->counts_bits() || model.needs_input_sums();
  worker.vectors.resize(count * stride);
  worker.bit_counts.resize(counted ? count : 0);
  for_each_stretch(model.layer(), begin, count,
                   [&](std::size_t image, std::size_t position, std::size_t first, std::size_t size) {
                     if (position == 0)
                       model.load(input.image(image, model.layer().in.size()), counted, worker.pixels);
                     worker.pixels.gather(position, size, stride, worker.vectors.data() + first * stride);
                     worker.pixels.count(position, part(std::span(worker.bit_counts), first, size, 1));
                   });
  if (model.needs_input_sums()) model.input_sums(worker.bit_counts, worker.input_sums);
}

void FunctionalNetwork::gather_rows(std::size_t index, const MapView& input, std::size_t begin,
                                    std::size_t count, std::size_t stride,
                                    std::vector<std::uint8_t>& vectors) const {
  const Layer& layer = workload_.layers[index];
  vectors.resize(count * stride);
  for_each_stretch(
      layer, begin, count, [&](std::size_t image, std::size_t position, std::size_t first, std::size_t size) {
        const MapView map = input.image(image, layer.in.size());
        if (stride == layer.rows()) {
          return models_[index].gather(map, position, part(std::span(vectors), first, size, stride));
        }
        for (std::size_t i = 0; i < size; ++i) {
          models_[index].gather(map, position + i,
                                std::span(vectors).subspan((first + i) * stride, layer.rows()));
        }
      });
}

void FunctionalNetwork::add_residuals(std::size_t index, std::size_t begin, std::size_t count,
                                      FunctionalWorker& worker) const {
  const Layer& layer = workload_.layers[index];
  worker.residuals.resize(layer.residual < 0 ? 0 : count * layer.out.channels);
  if (layer.residual < 0) return;
  const BatchMap& source = worker.maps[static_cast<std::size_t>(layer.residual)];
  const std::size_t size = workload_.layers[static_cast<std::size_t>(layer.residual)].out.size();
  for_each_stretch(layer, begin, count,
                   [&](std::size_t image, std::size_t position, std::size_t first, std::size_t positions) {
                     models_[index].residuals(
                         MapView{source.codes, source.sums}.image(image, size), position,
                         part(std::span(worker.residuals), first, positions, layer.out.channels));
                   });
}

/// Turns [size, channels] sums into what the layer hands on, [channels, positions], or into logits.
void FunctionalNetwork::store(std::size_t index, const OutputSums& sums, std::size_t target,
                              FunctionalWorker& worker, BatchResults results) const {
  const LayerModel& model = models_[index];
  const std::size_t channels = model.layer().out.channels;
  const std::size_t positions = model.layer().out.positions();
  BatchMap& output = worker.maps[index];
  if (model.lut()) {
    return model.lut()->codes(sums, std::span(output.codes).subspan(target), positions);
  }
  const std::span<std::int32_t> integers = model.logits() ? results.accumulators : std::span(output.sums);
  for (std::size_t element = 0; element < sums.accumulators.size(); ++element) {
    const std::size_t channel = element % channels;
    const std::size_t position = element / channels;
    const std::size_t place = target + channel * positions + position;
    integers[place] = sums.accumulators[element];
    if (model.logits()) results.logits[place] = model.logits()->real_value(sums, position, channel);
  }
}

}  // namespace sumline
