// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "nn/batches.hpp"
#include "nn/network.hpp"
#include "nn/nn.hpp"

namespace sumline {

/// Float32 images and their labels, as Torch takes them.
struct Batch {
  at::Tensor images;  ///< [batch, channels, height, width]
  at::Tensor labels;  ///< int64 [batch]
};

using PlacementOf = std::function<Placement(std::uint32_t image)>;

/// Images `indices` of `images` in the shape of `crop`, each as `placement_of` says.
Batch make_batch(const Images& images, std::span<const std::uint32_t> indices, const PixelTable& table,
                 const Shape& crop, const PlacementOf& placement_of);

/// Counts correct answers of `network` on the first `count` images, without augmentation.
/// @param batch images that the network sees together @param after_batch called behind each forward pass
Accuracy evaluate(Network& network, const Images& images, std::size_t count, const PixelTable& table,
                  std::size_t batch = 256, const std::function<void()>& after_batch = {});

}  // namespace sumline
