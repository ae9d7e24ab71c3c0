// SPDX-License-Identifier: Apache-2.0
#include <hwy/targets.h>
#include <catch2/catch.hpp>

#include "tests/unit/tiled_operands.hpp"

namespace sumline::tiled_popcount_test {
namespace {

using namespace test;

/// A table without symmetry, so that any confusion of sums shows.
SumTable odd_table(std::int32_t max_sum) {
  SumTable table{max_sum, {}};
  for (std::int32_t sum = -max_sum; sum <= max_sum; ++sum) {
    table.values.push_back(static_cast<float>(sum) * 0.37f + static_cast<float>(sum % 7));
  }
  return table;
}

void check_convolution(const Convolution& c, Resolution activations, Resolution weights) {
  const Operand image =
      random_operand(std::size_t{c.tiling.channels} * c.window.in.height * c.window.in.width, activations, 1);
  const Operand weight =
      random_operand(std::size_t{c.outputs} * c.tiling.channels * c.tiling.taps(), weights, 2);
  const auto lanes = pack_windows(image.digits.data(), c.tiling, c.window, image.format.weights.size());
  const auto driven = driven_by_windows(c.tiling, c.window);
  const auto scalars = pack_scalars(weight.digits.data(), c.outputs, c.tiling, weight.format.weights.size());
  const TiledProduct product{c.tiling, lanes, driven, image.format, scalars, weight.format};
  const SumTable table = odd_table(product.max_sum());
  const std::size_t map = c.map();
  std::vector<float> read(c.outputs * map);
  std::vector<float> gradient(c.outputs * map);
  std::vector<float> scaled(c.tiling.tiles() * c.outputs * map);
  for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] = static_cast<float>(i % 13) - 6;
  read_out(product, {0, c.outputs}, table, read.data());
  for (std::uint32_t t = 0; t < c.tiling.tiles(); ++t) {
    for (std::uint32_t n = 0; n < map; n += kLaneMultiple) {
      const auto end = std::min(n + kLaneMultiple, static_cast<std::uint32_t>(map));
      scale_by_slope(product, t, {0, c.outputs}, {n, end}, table, gradient.data(),
                     scaled.data() + t * c.outputs * map + n, map);
    }
  }
  for (std::uint32_t o = 0; o < c.outputs; ++o) {
    for (std::size_t position = 0; position < map; ++position) {
      float expected = 0;
      for (std::uint32_t t = 0; t < c.tiling.tiles(); ++t) {
        const std::int32_t sum = naive_sum(c, image, weight, t, o, position);
        const float reading = table.values[static_cast<std::size_t>(sum + table.max_sum)];
        expected += reading;
        const std::size_t at = o * map + position;
        REQUIRE(scaled[t * c.outputs * map + at] == gradient[at] * reading);
      }
      REQUIRE(read[o * map + position] == expected);
    }
  }
}

void check_linear(std::uint32_t images, std::uint32_t outputs, const Tiling& tiling, Resolution activations,
                  Resolution weights) {
  const MatrixOperands operands(images, outputs, tiling, activations, weights);
  const auto product = operands.product();
  const SumTable table = odd_table(product.max_sum());
  std::vector<float> read(std::size_t{images} * outputs);
  read_out(product, {0, images}, table, read.data());
  for (std::uint32_t b = 0; b < images; ++b) {
    for (std::uint32_t o = 0; o < outputs; ++o) {
      float expected = 0;
      for (std::uint32_t begin = 0; begin < tiling.channels; begin += tiling.channels_per_tile) {
        const std::uint32_t end = std::min(begin + tiling.channels_per_tile, tiling.channels);
        const std::int32_t sum = operands.naive_sum(b, o, begin, end);
        expected += table.values[static_cast<std::size_t>(sum + table.max_sum)];
      }
      REQUIRE(read[b * outputs + o] == expected);
    }
  }
}

}  // namespace

TEST_CASE("Tiled convolutions agree with plain loops for every pair of resolutions") {
  for (const Resolution activations : kCoded) {
    for (const Resolution weights : kCoded) {
      check_convolution({{{30, 5, 6}, 3, 1, 1}, 14, 3}, activations, weights);
    }
  }
}

TEST_CASE("Tiled convolutions agree with plain loops for every geometry") {
  check_convolution({{{45, 6, 6}, 1, 2, 0}, 14, 4}, Resolution::binary, Resolution::binary);
  check_convolution({{{200, 3, 3}, 1, 1, 0}, 128, 2}, Resolution::binary, Resolution::binary);
  check_convolution({{{16, 7, 5}, 5, 2, 2}, 14, 3}, Resolution::binary, Resolution::binary);
  check_convolution({{{11, 4, 4}, 5, 1, 2}, 5, 2}, Resolution::ternary, Resolution::binary);
  check_convolution({{{3, 1, 1}, 3, 1, 1}, 14, 2}, Resolution::binary, Resolution::two_bit);
  check_convolution({{{70, 9, 3}, 2, 3, 1}, 32, 2}, Resolution::two_bit, Resolution::binary);
}

TEST_CASE("Tiled matrix products agree with plain loops") {
  check_linear(7, 33, {300, 1, 128}, Resolution::binary, Resolution::binary);
  check_linear(3, 5, {784, 1, 128}, Resolution::ternary, Resolution::four_bit);
  check_linear(2, 16, {50, 1, 128}, Resolution::three_bit, Resolution::binary);
}

TEST_CASE("Every SIMD target reads out the same bits") {
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    check_convolution({{{30, 5, 6}, 3, 1, 1}, 14, 3}, Resolution::binary, Resolution::two_bit);
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace sumline::tiled_popcount_test
