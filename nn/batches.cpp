// SPDX-License-Identifier: Apache-2.0
#include "nn/batches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

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

namespace {

/// Uniform in -1..1.
double either_side(std::uint32_t word) {
  return 2.0 * unit_interval(word) - 1.0;
}

void draw_color(const AugmentationConfig& augmentation, std::uint32_t choice, std::uint32_t strength,
                Placement& placement) {
  const std::array<std::pair<ColorChange, double>, 4> changes{
      {{ColorChange::brightness, augmentation.brightness},
       {ColorChange::contrast, augmentation.contrast},
       {ColorChange::saturation, augmentation.saturation},
       {ColorChange::hue, augmentation.hue}}};
  const auto& [change, range] = changes[below(4, choice)];
  placement.color = change;
  const double middle = change == ColorChange::hue ? 0 : 1;
  placement.amount = static_cast<float>(middle + range * either_side(strength));
}

/// One plane of an image; byte 0 outside.
struct Source {
  const std::uint8_t* plane;
  std::int32_t height;
  std::int32_t width;

  std::uint8_t at(std::int32_t y, std::int32_t x) const {
    return y < 0 || x < 0 || y >= height || x >= width ? std::uint8_t{0} : plane[y * width + x];
  }
};

/// Nearest pixel of a crop turned about its centre.
void render_turned(const Source& source, const Placement& placement, const std::array<float, 256>& value,
                   const Shape& crop, float* target) {
  const double angle = placement.rotation * std::numbers::pi / 180;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  const double middle_y = (crop.height - 1) / 2.0, middle_x = (crop.width - 1) / 2.0;
  const auto height = static_cast<std::int32_t>(crop.height), width = static_cast<std::int32_t>(crop.width);
  for (std::int32_t y = 0; y < height; ++y) {
    for (std::int32_t x = 0; x < width; ++x) {
      const double dy = y - middle_y, dx = x - middle_x;
      const auto from_y = static_cast<std::int32_t>(std::lround(middle_y + cosine * dy + sine * dx));
      auto from_x = static_cast<std::int32_t>(std::lround(middle_x + cosine * dx - sine * dy));
      const bool inside = from_y >= 0 && from_x >= 0 && from_y < height && from_x < width;
      if (placement.mirrored) from_x = width - 1 - from_x;
      *target++ = value[inside ? source.at(from_y + placement.down, from_x + placement.right) : 0];
    }
  }
}

void render_straight(const Source& source, const Placement& placement, const std::array<float, 256>& value,
                     const Shape& crop, float* row) {
  const auto height = static_cast<std::int32_t>(crop.height), width = static_cast<std::int32_t>(crop.width);
  const std::int32_t first = std::max(0, -placement.right);
  const std::int32_t last = std::min(width, source.width - placement.right);
  std::fill_n(row, height * width, value[0]);
  for (std::int32_t y = 0; y < height; ++y, row += width) {
    const std::int32_t line = y + placement.down;
    if (line < 0 || line >= source.height) continue;
    const std::uint8_t* pixels = source.plane + line * source.width + placement.right;
    for (std::int32_t x = first; x < last; ++x) row[x] = value[pixels[x]];
    if (placement.mirrored) std::reverse(row, row + width);
  }
}

}  // namespace

Placement place(const AugmentationConfig& augmentation, std::uint64_t seed, std::uint32_t epoch,
                std::uint32_t index, const Images& images, const Shape& crop) {
  const auto words = random_words(seed, Draw::augmentation, epoch, index);
  const auto padding = static_cast<std::int32_t>(augmentation.crop_padding);
  const auto offset = [&](std::uint32_t stored, std::uint32_t seen, std::uint32_t word) {
    return static_cast<std::int32_t>(below(stored - seen + 2 * augmentation.crop_padding + 1, word)) -
           padding;
  };
  Placement placement{offset(images.height, crop.height, words[0]),
                      offset(images.width, crop.width, words[1]),
                      augmentation.flip && below(2, words[2]) == 1};
  placement.rotation = augmentation.rotation * either_side(words[3]);
  if (augmentation.jitters()) {
    const auto color = random_words(seed, Draw::color, epoch, index);
    draw_color(augmentation, color[0], color[1], placement);
  }
  return placement;
}

void render(const Images& images, std::uint32_t index, const Placement& placement, const PixelTable& table,
            const Shape& crop, std::span<float> target) {
  thread_local std::vector<std::uint8_t> pixels;
  const auto begin = images.pixels.begin() + static_cast<std::ptrdiff_t>(index * images.image_size());
  pixels.assign(begin, begin + static_cast<std::ptrdiff_t>(images.image_size()));
  if (images.channels == 3) change_color(pixels, placement.color, placement.amount);
  for (std::uint32_t channel = 0; channel < images.channels; ++channel) {
    const Source source{pixels.data() + channel * std::size_t{images.height} * images.width,
                        static_cast<std::int32_t>(images.height), static_cast<std::int32_t>(images.width)};
    float* plane = target.data() + channel * crop.positions();
    placement.rotation == 0 ? render_straight(source, placement, table[channel], crop, plane)
                            : render_turned(source, placement, table[channel], crop, plane);
  }
}

}  // namespace sumline
