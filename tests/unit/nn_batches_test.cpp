// SPDX-License-Identifier: Apache-2.0
#include "nn/batches.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

namespace {

using namespace sumline;

/// One image of two channels whose pixels are all different.
Images numbered(std::uint32_t height, std::uint32_t width) {
  Images images{2, height, width, 10, {}, {0}};
  for (std::size_t i = 0; i < images.image_size(); ++i)
    images.pixels.push_back(static_cast<std::uint8_t>(i + 1));
  return images;
}

/// Pixel (channel, y, x), 0 outside.
int pixel(const Images& images, std::uint32_t channel, std::int32_t y, std::int32_t x) {
  const auto h = static_cast<std::int32_t>(images.height);
  const auto w = static_cast<std::int32_t>(images.width);
  if (y < 0 || x < 0 || y >= h || x >= w) return 0;
  return images.pixels[static_cast<std::size_t>((static_cast<std::int32_t>(channel) * h + y) * w + x)];
}

}  // namespace

TEST_CASE("every crop and mirroring takes the pixels it names") {
  const Images images = numbered(5, 7);
  const PixelTable table = pixel_table({}, images.channels);
  std::vector<float> target(images.image_size());
  for (std::int32_t down = -6; down <= 6; ++down) {
    for (std::int32_t right = -8; right <= 8; ++right) {
      for (const bool mirrored : {false, true}) {
        render(images, 0, {down, right, mirrored}, table, target);
        std::size_t i = 0;
        bool equal = true;
        for (std::uint32_t c = 0; c < 2; ++c) {
          for (std::int32_t y = 0; y < 5; ++y) {
            for (std::int32_t x = 0; x < 7; ++x, ++i) {
              const std::int32_t column = mirrored ? 6 - x : x;
              equal &= target[i] == static_cast<float>(pixel(images, c, y + down, column + right)) / 255.0f;
            }
          }
        }
        INFO(down << ' ' << right << ' ' << mirrored);
        CHECK(equal);
      }
    }
  }
}

TEST_CASE("an epoch visits every image once, each epoch in another order") {
  const auto first = shuffled(1, 0, 1000);
  CHECK(std::set<std::uint32_t>(first.begin(), first.end()).size() == 1000);
  CHECK(*std::max_element(first.begin(), first.end()) == 999);
  CHECK(first == shuffled(1, 0, 1000));
  CHECK(first != shuffled(1, 1, 1000));
  CHECK(first != shuffled(2, 0, 1000));
}

TEST_CASE("crops stay within the padding and reach all of it") {
  std::set<std::int32_t> seen;
  int mirrored = 0;
  for (std::uint32_t image = 0; image < 2000; ++image) {
    const Placement placement = place({4, true}, 1, 0, image);
    seen.insert(placement.down);
    seen.insert(placement.right);
    mirrored += placement.mirrored ? 1 : 0;
  }
  CHECK(seen == std::set<std::int32_t>{-4, -3, -2, -1, 0, 1, 2, 3, 4});
  CHECK(mirrored > 800);
  CHECK(mirrored < 1200);
}
