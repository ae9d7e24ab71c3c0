// SPDX-License-Identifier: Apache-2.0
#include "nn/batches.hpp"

#include <algorithm>

#include "nn/random.hpp"

namespace sumline {

PixelTable pixel_table(double pixel_scale) {
  PixelTable table{};
  const auto scale = static_cast<float>(pixel_scale);
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    table[byte] = static_cast<float>(byte) / 255.0f * scale;
  }
  return table;
}

std::vector<std::uint32_t> shuffled(std::uint64_t seed, std::uint32_t epoch, std::size_t images) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed(images);
  for (std::uint32_t i = 0; i < images; ++i) {
    const auto words = random_words(seed, Draw::shuffle, epoch, i);
    keyed[i] = {std::uint64_t{words[0]} << 32 | words[1], i};
  }
  std::sort(keyed.begin(), keyed.end());
  std::vector<std::uint32_t> order(images);
  std::transform(keyed.begin(), keyed.end(), order.begin(), [](const auto& entry) { return entry.second; });
  return order;
}

Placement place(const AugmentationConfig& augmentation, std::uint64_t seed, std::uint32_t epoch,
                std::uint32_t image) {
  const auto words = random_words(seed, Draw::augmentation, epoch, image);
  const auto padding = static_cast<std::int32_t>(augmentation.crop_padding);
  const std::uint32_t offsets = 2 * augmentation.crop_padding + 1;
  return {static_cast<std::int32_t>(below(offsets, words[0])) - padding,
          static_cast<std::int32_t>(below(offsets, words[1])) - padding,
          augmentation.flip && below(2, words[2]) == 1};
}

void render(const Images& images, std::uint32_t index, const Placement& placement, const PixelTable& table,
            std::span<float> target) {
  const auto height = static_cast<std::int32_t>(images.height);
  const auto width = static_cast<std::int32_t>(images.width);
  const std::uint8_t* plane = images.pixels.data() + index * images.image_size();
  const std::int32_t first = std::max(0, -placement.right);
  const std::int32_t last = std::min(width, width - placement.right);
  std::fill(target.begin(), target.end(), table[0]);
  float* row = target.data();
  for (std::uint32_t channel = 0; channel < images.channels; ++channel, plane += height * width) {
    for (std::int32_t y = 0; y < height; ++y, row += width) {
      const std::int32_t source = y + placement.down;
      if (source < 0 || source >= height) continue;
      const std::uint8_t* pixels = plane + source * width + placement.right;
      for (std::int32_t x = first; x < last; ++x) row[x] = table[pixels[x]];
      if (placement.mirrored) std::reverse(row, row + width);
    }
  }
}

}  // namespace sumline
