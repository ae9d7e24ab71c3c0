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
        render(images, 0, {down, right, mirrored}, table, {2, 5, 7}, target);
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
  const Images images = numbered(5, 7);
  for (std::uint32_t image = 0; image < 2000; ++image) {
    const Placement placement = place({4, true}, 1, 0, image, images, {2, 5, 7});
    seen.insert(placement.down);
    seen.insert(placement.right);
    mirrored += placement.mirrored ? 1 : 0;
  }
  CHECK(seen == std::set<std::int32_t>{-4, -3, -2, -1, 0, 1, 2, 3, 4});
  CHECK(mirrored > 800);
  CHECK(mirrored < 1200);
}

TEST_CASE("crops of larger images reach every corner") {
  const Images images = numbered(9, 9);
  std::set<std::int32_t> seen;
  for (std::uint32_t image = 0; image < 500; ++image) {
    seen.insert(place({1, false}, 1, 0, image, images, {2, 5, 5}).down);
  }
  CHECK(*seen.begin() == -1);
  CHECK(*seen.rbegin() == 5);
}

TEST_CASE("a quarter turn moves every pixel to its place") {
  const Images images = numbered(5, 5);
  std::vector<float> target(images.image_size());
  for (const bool mirrored : {false, true}) {
    render(images, 0, {0, 0, mirrored, 90}, pixel_table({}, 2), {2, 5, 5}, target);
    for (std::int32_t y = 0; y < 5; ++y) {
      for (std::int32_t x = 0; x < 5; ++x) {
        // Counter-clockwise: the top row comes from the right column of the (mirrored) image.
        const std::int32_t column = mirrored ? y : 4 - y;
        CHECK(target[static_cast<std::size_t>(y * 5 + x)] ==
              static_cast<float>(pixel(images, 0, x, column)) / 255.0f);
      }
    }
  }
}

TEST_CASE("colour changes keep what they do not concern") {
  const std::vector<std::uint8_t> before{200, 10, 100, 100, 60,
                                         100, 50, 90,  100};  // three pixels, the last grey
  const auto changed = [&](ColorChange change, float amount) {
    std::vector<std::uint8_t> planes = before;
    change_color(planes, change, amount);
    return planes;
  };
  CHECK(changed(ColorChange::none, 0) == before);
  CHECK(changed(ColorChange::brightness, 0.5f) ==
        std::vector<std::uint8_t>{100, 5, 50, 50, 30, 50, 25, 45, 50});
  CHECK(changed(ColorChange::brightness, 2)[0] == 255);
  CHECK(changed(ColorChange::saturation, 0)[2] == 100);
  CHECK(changed(ColorChange::contrast, 0)[0] == changed(ColorChange::contrast, 0)[8]);
  // A third of a turn makes red green, green blue and blue red.
  const auto turned = changed(ColorChange::hue, 1.0f / 3);
  CHECK(std::abs(turned[3] - before[0]) <= 1);
  CHECK(std::abs(turned[6] - before[3]) <= 1);
  CHECK(std::abs(turned[0] - before[6]) <= 1);
  CHECK(turned[2] == before[2]);
}
