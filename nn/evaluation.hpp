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

/// Images `indices` of `images`, each where `placement_of` puts it.
Batch make_batch(const Images& images, std::span<const std::uint32_t> indices, const PixelTable& table,
                 const PlacementOf& placement_of);

/// Counts correct answers of `network` on the first `count` images, without augmentation.
Accuracy evaluate(Network& network, const Images& images, std::size_t count, const PixelTable& table);

}  // namespace sumline
