// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "nn/data/dataset.hpp"
#include "nn/recipe.hpp"

/// From stored bytes to the float32 batches that the network sees. Without Torch.
namespace sumline {

/// float32 value of each pixel byte, channel by channel.
using PixelTable = std::vector<std::array<float, 256>>;
/// @throws Error where data.pixel_mean or data.pixel_deviation has another number of channels
PixelTable pixel_table(const DataConfig& data, std::uint32_t channels);

/// The images of an epoch in random order, a function of (seed, epoch) only.
std::vector<std::uint32_t> shuffled(std::uint64_t seed, std::uint32_t epoch, std::size_t images);

/// Crop offset and mirroring of one image in one epoch.
struct Placement {
  std::int32_t down = 0;  ///< rows cut from the top; negative: zero rows added
  std::int32_t right = 0;
  bool mirrored = false;
};
Placement place(const AugmentationConfig& augmentation, std::uint64_t seed, std::uint32_t epoch,
                std::uint32_t image);

/// Writes image `index` of `images` as floats [channels, height, width]; what lies outside is byte 0.
void render(const Images& images, std::uint32_t index, const Placement& placement, const PixelTable& table,
            std::span<float> target);

}  // namespace sumline
