// SPDX-License-Identifier: Apache-2.0
#include "nn/evaluation.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

namespace sumline {
Batch make_batch(const Images& images, std::span<const std::uint32_t> indices, const PixelTable& table,
                 const Shape& crop, const PlacementOf& placement_of) {
  const auto count = static_cast<std::int64_t>(indices.size());
  Batch batch{at::empty({count, crop.channels, crop.height, crop.width}, at::kFloat),
              at::empty({count}, at::kLong)};
  float* target = batch.images.data_ptr<float>();
  std::int64_t* labels = batch.labels.data_ptr<std::int64_t>();
  for (const std::uint32_t index : indices) {
    render(images, index, placement_of(index), table, crop, {target, crop.size()});
    target += crop.size();
    *labels++ = images.labels[index];
  }
  return batch;
}

Accuracy evaluate(Network& network, const Images& images, std::size_t count, const PixelTable& table,
                  std::size_t batch_size, const std::function<void()>& after_batch) {
  const at::NoGradGuard no_grad;
  const bool was_training = network.is_training();
  network.eval();
  Accuracy accuracy{.images = count};
  std::vector<std::uint32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0U);
  for (std::size_t begin = 0; begin < count; begin += batch_size) {
    const auto part = std::span(indices).subspan(begin, std::min(batch_size, count - begin));
    const Batch batch = make_batch(images, part, table, {images.channels, images.height, images.width},
                                   [](std::uint32_t) { return Placement{}; });
    const at::Tensor logits = network.forward(batch.images);
    const at::Tensor correct = logits.argmax(1).eq(batch.labels).sum();
    accuracy.correct += static_cast<std::size_t>(correct.item<std::int64_t>());
    accuracy.loss += at::cross_entropy_loss(logits, batch.labels).item<double>() *
                     static_cast<double>(part.size()) / static_cast<double>(count);
    if (after_batch) after_batch();
  }
  network.train(was_training);
  return accuracy;
}

}  // namespace sumline
