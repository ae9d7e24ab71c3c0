// SPDX-License-Identifier: Apache-2.0
#include "nn/data/digits.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <set>

#include "nn/data/glyphs.hpp"
#include "traces/sha256.hpp"

using namespace sumline;

namespace {

std::vector<std::uint8_t> picture(const Images& images, std::size_t index) {
  const auto first = images.pixels.begin() + static_cast<std::ptrdiff_t>(index * images.image_size());
  return {first, first + static_cast<std::ptrdiff_t>(images.image_size())};
}

/// Share of `test` whose nearest class mean of `train` is its label.
double nearest_mean_accuracy(const Images& train, const Images& test) {
  std::vector<std::vector<double>> means(train.classes, std::vector<double>(train.image_size()));
  std::vector<double> counts(train.classes);
  for (std::size_t i = 0; i < train.count(); ++i) {
    ++counts[train.labels[i]];
    for (std::size_t k = 0; k < train.image_size(); ++k)
      means[train.labels[i]][k] += train.pixels[i * train.image_size() + k];
  }
  std::size_t correct = 0;
  for (std::size_t i = 0; i < test.count(); ++i) {
    std::vector<double> distances(train.classes);
    for (std::size_t c = 0; c < train.classes; ++c)
      for (std::size_t k = 0; k < test.image_size(); ++k) {
        const double difference = means[c][k] / counts[c] - test.pixels[i * test.image_size() + k];
        distances[c] += difference * difference;
      }
    const auto nearest = std::min_element(distances.begin(), distances.end()) - distances.begin();
    correct += nearest == test.labels[i] ? 1U : 0U;
  }
  return static_cast<double>(correct) / static_cast<double>(test.count());
}

}  // namespace

TEST_CASE("Generated digits are the same on every machine") {
  const Images images = generate_digits(7, 0, 500);
  CHECK(images.channels == 1);
  CHECK(images.height == 28);
  CHECK(images.width == 28);
  CHECK(images.classes == 10);
  REQUIRE(images.pixels.size() == 500 * 784);
  CHECK(sha256({reinterpret_cast<const char*>(images.pixels.data()), images.pixels.size()}) ==
        "4c2db1f1ba20fd9e463fd5d95b0a86542a639c1daeb8966b4c5c84159693fcaa");
  CHECK(sha256({reinterpret_cast<const char*>(images.labels.data()), images.labels.size()}) ==
        "8e065881104e8e166c33f1d144380a9d3bfac46dd3571fba99c1abf8cba3fa51");
}

TEST_CASE("A generated digit depends on its seed and number only") {
  const Images all = generate_digits(1, 0, 40);
  const Images part = generate_digits(1, 17, 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(picture(part, i) == picture(all, 17 + i));
    CHECK(part.labels[i] == all.labels[17 + i]);
  }
  CHECK(generate_digits(2, 0, 40).pixels != all.pixels);
  const std::uint64_t far = std::uint64_t{1} << 40U;
  CHECK(picture(generate_digits(1, far, 1), 0) != picture(all, 0));
  CHECK(generate_digits(1, 0, 0).count() == 0);
}

TEST_CASE("Generated digits are all different and balanced") {
  const Images images = generate_digits(3, 0, 5000);
  std::set<std::vector<std::uint8_t>> seen;
  std::array<int, 10> counts{};
  for (std::size_t i = 0; i < images.count(); ++i) {
    seen.insert(picture(images, i));
    ++counts.at(images.labels[i]);
  }
  CHECK(seen.size() == images.count());
  // 500 expected per class; 6 standard deviations of a binomial count.
  for (const int count : counts) CHECK(std::abs(count - 500) < 6 * 22);
}

TEST_CASE("Every generated digit has ink in the middle of the picture") {
  const Images images = generate_digits(5, 0, 3000);
  for (std::size_t i = 0; i < images.count(); ++i) {
    const std::vector<std::uint8_t> pixels = picture(images, i);
    int dark = 0;
    for (std::size_t y = 6; y < 22; ++y)
      for (std::size_t x = 6; x < 22; ++x) dark += pixels[y * 28 + x] > 90 ? 1 : 0;
    INFO("picture " << i);
    CHECK(dark >= 8);
  }
}

TEST_CASE("Generated digits are neither trivial nor noise to a nearest-mean classifier") {
  const double accuracy = nearest_mean_accuracy(generate_digits(1, 0, 4000), generate_digits(1, 4000, 1000));
  CHECK(accuracy > 0.45);
  CHECK(accuracy < 0.90);
}

TEST_CASE("Every digit is written in several ways within its box") {
  for (std::uint32_t digit = 0; digit < 10; ++digit) {
    CHECK(glyphs(digit).size() >= 3);
    for (const Glyph& glyph : glyphs(digit))
      for (const Stroke& stroke : glyph) {
        CHECK(stroke.size() >= 2);
        for (const GlyphPoint& point : stroke) {
          CHECK((point.x >= 0 && point.x <= 100));
          CHECK((point.y >= 0 && point.y <= 140));
        }
      }
  }
}
