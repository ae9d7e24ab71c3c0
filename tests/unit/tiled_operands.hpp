// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "components/model/tiled_popcount.hpp"

/// Operands of tiled products, packed and as numbers.
namespace sumline::test {

constexpr Resolution kCoded[] = {Resolution::binary, Resolution::ternary, Resolution::two_bit,
                                 Resolution::three_bit, Resolution::four_bit};

struct Operand {
  std::vector<std::uint8_t> digits;
  const SignDigits& format;

  std::int32_t numerator(std::size_t index) const {
    std::int32_t sum = 0;
    for (std::size_t d = 0; d < format.weights.size(); ++d) {
      sum += format.weights[d] * ((digits[index] >> d & 1) != 0 ? 1 : -1);
    }
    return sum;
  }
};

inline Operand random_operand(std::size_t count, Resolution resolution, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  std::vector<float> values(count);
  for (float& v : values) v = uniform(random);
  Operand operand{std::vector<std::uint8_t>(count), sign_digits(resolution)};
  REQUIRE(encode_operands(values.data(), operand.digits.data(), count, resolution));
  return operand;
}

/// x [images, channels] times w [outputs, channels]: random operands, packed as outputs side by side.
struct MatrixOperands {
  Tiling tiling;
  std::uint32_t images;
  std::uint32_t outputs;
  Operand x;
  Operand w;
  LaneVectors lanes = pack_lanes(w.digits.data(), outputs, tiling, w.format.weights.size());
  DrivenRows driven = all_driven(tiling, outputs);
  ScalarVectors scalars = pack_scalars(x.digits.data(), images, tiling, x.format.weights.size());

  MatrixOperands(std::uint32_t image_count, std::uint32_t output_count, const Tiling& of,
                 Resolution activations, Resolution weights)
      : tiling(of),
        images(image_count),
        outputs(output_count),
        x(random_operand(std::size_t{image_count} * of.channels, activations, 3)),
        w(random_operand(std::size_t{output_count} * of.channels, weights, 4)) {}

  TiledProduct product() const { return {tiling, lanes, driven, w.format, scalars, x.format}; }
  /// In plain loops, over inputs [begin, end).
  std::int32_t naive_sum(std::size_t image, std::size_t output, std::uint32_t begin,
                         std::uint32_t end) const {
    std::int32_t sum = 0;
    for (std::uint32_t i = begin; i < end; ++i) {
      sum += x.numerator(image * tiling.channels + i) * w.numerator(output * tiling.channels + i);
    }
    return sum;
  }
};

struct Convolution {
  WindowGeometry window;
  std::uint32_t channels_per_tile;
  std::uint32_t outputs;
  Tiling tiling{window.in.channels, window.kernel, channels_per_tile};

  std::size_t map() const { return window.positions(); }
};

/// Calls visit(channel, tap, pixel of the channel's map) for the rows of tile t that lie inside the map.
template <typename Visit>
void for_each_row(const Convolution& c, std::uint32_t tile, std::size_t position, const Visit& visit) {
  const std::uint32_t begin = tile * c.tiling.channels_per_tile;
  const std::uint32_t end = std::min(begin + c.tiling.channels_per_tile, c.tiling.channels);
  for (std::uint32_t channel = begin; channel < end; ++channel) {
    for (std::uint32_t tap = 0; tap < c.tiling.taps(); ++tap) {
      const auto y = static_cast<std::int64_t>(position / c.window.out_width());
      const auto x = static_cast<std::int64_t>(position % c.window.out_width());
      const std::int64_t row = y * c.window.stride + tap / c.tiling.kernel - c.window.padding;
      const std::int64_t column = x * c.window.stride + tap % c.tiling.kernel - c.window.padding;
      if (row < 0 || column < 0 || row >= c.window.in.height || column >= c.window.in.width) continue;
      visit(channel, tap, static_cast<std::size_t>(row * c.window.in.width + column));
    }
  }
}

/// Sum of tile t for output channel o, in plain loops; what lies outside the map adds nothing.
inline std::int32_t naive_sum(const Convolution& c, const Operand& image, const Operand& weight,
                              std::uint32_t tile, std::uint32_t o, std::size_t position) {
  std::int32_t sum = 0;
  for_each_row(c, tile, position, [&](std::uint32_t channel, std::uint32_t tap, std::size_t pixel) {
    sum += image.numerator(channel * c.window.in.positions() + pixel) *
           weight.numerator((o * c.tiling.channels + channel) * c.tiling.taps() + tap);
  });
  return sum;
}

}  // namespace sumline::test
