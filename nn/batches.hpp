// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "nn/color_jitter.hpp"
#include "nn/data/dataset.hpp"
#include "nn/recipe.hpp"
#include "traces/workload.hpp"

/// From stored bytes to the float32 batches that the network sees. Without Torch.
namespace sumline {

/// float32 value of each pixel byte, channel by channel.
using PixelTable = std::vector<std::array<float, 256>>;
/// @throws Error where data.pixel_mean or data.pixel_deviation has another number of channels
PixelTable pixel_table(const DataConfig& data, std::uint32_t channels);

/// The images of an epoch in random order, a function of (seed, epoch) only.
std::vector<std::uint32_t> shuffled(std::uint64_t seed, std::uint32_t epoch, std::size_t images);

/// What happens to one image in one epoch: colours, then crop, mirroring and rotation.
struct Placement {
  std::int32_t down = 0;  ///< rows cut from the top; negative: zero rows added
  std::int32_t right = 0;
  bool mirrored = false;
  double rotation = 0;  ///< degrees, counter-clockwise
  ColorChange color = ColorChange::none;
  float amount = 0;  ///< of the change: see change_color()
};

/// Draws that for image `index` of `images`, which may be larger than the `crop` the network sees.
Placement place(const AugmentationConfig& augmentation, std::uint64_t seed, std::uint32_t epoch,
                std::uint32_t index, const Images& images, const Shape& crop);

/// Writes image `index` of `images` as floats in the shape of `crop`; what lies outside is byte 0.
void render(const Images& images, std::uint32_t index, const Placement& placement, const PixelTable& table,
            const Shape& crop, std::span<float> target);

}  // namespace sumline
