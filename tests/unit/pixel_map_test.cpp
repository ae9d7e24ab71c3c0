// SPDX-License-Identifier: Apache-2.0
#include "components/model/pixel_map.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "components/model/byte_transpose.hpp"
#include "tests/support/simd_targets.hpp"

namespace sumline::pixel_map_test {
namespace {

std::vector<std::uint8_t> random_codes(std::size_t size, std::mt19937& random) {
  std::vector<std::uint8_t> codes(size);
  for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(random());
  return codes;
}

/// The code under cell (i, j) of the window at `position`, of one channel.
std::uint8_t cell(const WindowGeometry& geometry, const std::vector<std::uint8_t>& map,
                  const std::vector<std::uint8_t>& border, std::size_t position, std::uint32_t channel,
                  std::uint32_t i, std::uint32_t j) {
  const Shape& in = geometry.in;
  const std::int64_t y =
      static_cast<std::int64_t>(position / geometry.out_width() * geometry.stride + i) - geometry.padding;
  const std::int64_t x =
      static_cast<std::int64_t>(position % geometry.out_width() * geometry.stride + j) - geometry.padding;
  if (y < 0 || x < 0 || y >= in.height || x >= in.width) return border[channel];
  return map[(channel * in.height + static_cast<std::size_t>(y)) * in.width + static_cast<std::size_t>(x)];
}

TEST_CASE("bytes change rows and columns") {
  std::mt19937 random(1);
  for (const auto& [rows, columns] : {std::pair{1, 1}, {8, 8}, {9, 130}, {16, 64}, {3, 70}, {67, 5}}) {
    const auto height = static_cast<std::size_t>(rows);
    const auto width = static_cast<std::size_t>(columns);
    const auto source = random_codes(height * (width + 3), random);
    std::vector<std::uint8_t> target(width * (height + 2), 7);
    transpose_bytes(source.data(), width + 3, height, width, target.data(), height + 2);
    for (std::size_t column = 0; column < width; ++column) {
      for (std::size_t row = 0; row < height; ++row) {
        REQUIRE(target[column * (height + 2) + row] == source[row * (width + 3) + column]);
      }
      REQUIRE(target[column * (height + 2) + height] == 7);  // between two columns
    }
  }
}

TEST_CASE("a map of pixels gives the windows of its codes and counts their bits on every SIMD target") {
  const std::int64_t target = GENERATE(from_range(test::simd_targets()));
  const test::ForcedSimdTarget forced(target);
  std::mt19937 random(2);
  PixelMap pixels;
  for (const WindowGeometry& geometry :
       {WindowGeometry{{3, 5, 4}, 3, 1, 1}, WindowGeometry{{70, 8, 8}, 3, 2, 1},
        WindowGeometry{{129, 1, 1}, 1, 1, 0}, WindowGeometry{{17, 6, 9}, 5, 2, 2},
        WindowGeometry{{64, 4, 4}, 1, 2, 0}, WindowGeometry{{2, 7, 7}, 2, 1, 0}}) {
    const auto map = random_codes(geometry.in.size(), random);
    const auto border = random_codes(geometry.in.channels, random);
    const CodeFormat format{Encoding::unsigned_binary, 8};
    pixels.assign(geometry, map, CodeRounding(format, format), border, true);
    const std::size_t begin = geometry.positions() / 3;
    const std::size_t count = geometry.positions() - begin;
    const std::size_t stride = geometry.rows() + 5;
    std::vector<std::uint8_t> windows(count * stride, 1);
    pixels.gather(begin, count, stride, windows.data());
    std::vector<BitCounts> counts(count);
    pixels.count(begin, counts);
    for (std::size_t index = 0; index < count; ++index) {
      BitCounts expected{};
      const std::uint8_t* window = windows.data() + index * stride;
      for (std::uint32_t channel = 0; channel < geometry.in.channels; ++channel) {
        for (std::uint32_t i = 0; i < geometry.kernel; ++i) {
          for (std::uint32_t j = 0; j < geometry.kernel; ++j) {
            const std::uint8_t code = cell(geometry, map, border, begin + index, channel, i, j);
            REQUIRE(window[(i * geometry.kernel + j) * geometry.in.channels + channel] == code);
            for (std::uint32_t bit = 0; bit < 8; ++bit) expected[bit] += code >> bit & 1U;
          }
        }
      }
      REQUIRE(counts[index] == expected);
      REQUIRE(count_bits({window, geometry.rows()}) == expected);
      REQUIRE(window[geometry.rows()] == 1);  // behind the window
    }
  }
}

TEST_CASE("a map of pixels is read in the levels of the layer") {
  const CodeFormat found{Encoding::mid_rise, 4};
  const CodeFormat wanted{Encoding::mid_rise, 2};
  const CodeRounding rounding(found, wanted);
  PixelMap pixels;
  const std::vector<std::uint8_t> map{0, 3, 7, 15};
  const std::vector<std::uint8_t> off{wanted.off()};
  pixels.assign({{1, 2, 2}, 2, 1, 1}, map, rounding, off, false);
  std::vector<std::uint8_t> windows(2 * 4);
  pixels.gather(3, 2, 4, windows.data());  // across the border, then inside
  CHECK(windows == std::vector<std::uint8_t>{4, rounding.code(0), 4, rounding.code(7), rounding.code(0),
                                             rounding.code(3), rounding.code(7), rounding.code(15)});
}

}  // namespace
}  // namespace sumline::pixel_map_test
