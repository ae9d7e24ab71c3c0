// SPDX-License-Identifier: Apache-2.0
#include "nn/batches.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "energy/error.hpp"
#include "nn/random.hpp"

namespace sumline {

namespace {

float channel_value(const std::vector<double>& values, std::uint32_t channel, float otherwise) {
  return values.empty() ? otherwise : static_cast<float>(values[channel]);
}

void check_channels(const std::vector<double>& values, std::uint32_t channels, const char* key) {
  if (values.empty() || values.size() == channels) return;
  throw Error(fmt::format("data.{}: {} values: the images have {} channels", key, values.size(), channels));
}

}  // namespace

PixelTable pixel_table(const DataConfig& data, std::uint32_t channels) {
  check_channels(data.pixel_mean, channels, "pixel_mean");
  check_channels(data.pixel_deviation, channels, "pixel_deviation");
  PixelTable table(channels);
  const auto scale = static_cast<float>(data.pixel_scale);
  for (std::uint32_t channel = 0; channel < channels; ++channel) {
    const float mean = channel_value(data.pixel_mean, channel, 0);
    const float deviation = channel_value(data.pixel_deviation, channel, 1);
    for (std::size_t byte = 0; byte < table[channel].size(); ++byte) {
      table[channel][byte] = (static_cast<float>(byte) / 255.0f * scale - mean) / deviation;
    }
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
  float* row = target.data();
  for (std::uint32_t channel = 0; channel < images.channels; ++channel, plane += height * width) {
    const auto& values = table[channel];
    std::fill_n(row, height * width, values[0]);
    for (std::int32_t y = 0; y < height; ++y, row += width) {
      const std::int32_t source = y + placement.down;
      if (source < 0 || source >= height) continue;
      const std::uint8_t* pixels = plane + source * width + placement.right;
      for (std::int32_t x = first; x < last; ++x) row[x] = values[pixels[x]];
      if (placement.mirrored) std::reverse(row, row + width);
    }
  }
}

}  // namespace sumline
