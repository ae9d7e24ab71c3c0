// SPDX-License-Identifier: Apache-2.0
#include "components/model/tile_gradients.hpp"

#include <hwy/targets.h>
#include <catch2/catch.hpp>

#include "energy/error.hpp"
#include "tests/unit/tiled_operands.hpp"

namespace sumline::tile_gradients_test {
namespace {

using namespace test;

/// Small integers, so that float sums are exact in any order.
SumTable integer_slope(std::int32_t max_sum) {
  SumTable table{max_sum, {}};
  for (std::int32_t sum = -max_sum; sum <= max_sum; ++sum) {
    table.values.push_back(static_cast<float>((sum * sum + sum + 1) % 5));
  }
  return table;
}

float at(const SumTable& table, std::int32_t sum) {
  return table.values[static_cast<std::size_t>(sum + table.max_sum)];
}

std::vector<float> gradients(std::size_t count) {
  std::vector<float> g(count);
  for (std::size_t i = 0; i < count; ++i) g[i] = static_cast<float>(i % 13) - 6;
  return g;
}

struct Gradients {
  std::vector<float> maps;     ///< [image, channel, height, width]
  std::vector<float> weights;  ///< [output, channel, tap]
};

constexpr std::uint32_t kImages = 2;

struct Operands {
  Operand images;
  Operand weight;
};
Operands random_operands(const Convolution& c, Resolution activations, Resolution weights) {
  return {random_operand(kImages * c.window.in.size(), activations, 1),
          random_operand(std::size_t{c.outputs} * c.tiling.channels * c.tiling.taps(), weights, 2)};
}

template <typename Slope>
Gradients gradients_of(const Convolution& c, const Operands& operands, const Slope& slope_of,
                       const std::vector<float>& g) {
  const auto& [images, weight] = operands;
  const auto driven = driven_by_windows(c.tiling, c.window);
  const auto scalars = pack_scalars(weight.digits.data(), c.outputs, c.tiling, weight.format.weights.size());
  std::vector<LaneVectors> lanes;
  for (std::uint32_t i = 0; i < kImages; ++i) {
    lanes.push_back(pack_windows(images.digits.data() + i * c.window.in.size(), c.tiling, c.window,
                                 images.format.weights.size()));
  }
  const auto product = [&](std::uint32_t i) {
    return TiledProduct{c.tiling, lanes[i], driven, images.format, scalars, weight.format};
  };
  const SumTable slope = slope_of(product(0).max_sum());
  Gradients gradients{std::vector<float>(images.digits.size()), std::vector<float>(weight.digits.size())};
  for (std::uint32_t t = 0; t < c.tiling.tiles(); ++t) {
    const std::size_t channel = t * c.tiling.channels_per_tile;
    TileGradients of_tile(product(0), t, slope);
    for (std::uint32_t i = 0; i < kImages; ++i) {
      of_tile.add(product(i), g.data() + i * c.outputs * c.map());
      of_tile.write_maps(c.window,
                         gradients.maps.data() + i * c.window.in.size() + channel * c.window.in.positions());
    }
    of_tile.write_scalars(gradients.weights.data() + channel * c.tiling.taps(),
                          c.tiling.channels * c.tiling.taps());
  }
  return gradients;
}

void check_convolution(const Convolution& c, Resolution activations, Resolution weights) {
  const Operands operands = random_operands(c, activations, weights);
  const auto& [images, weight] = operands;
  const std::vector<float> g = gradients(kImages * c.outputs * c.map());
  const Gradients found = gradients_of(c, operands, integer_slope, g);
  const std::int32_t denominator = images.format.denominator * weight.format.denominator;
  const SumTable slope = integer_slope(static_cast<std::int32_t>(c.tiling.rows()) * denominator);
  std::vector<double> maps(found.maps.size());
  std::vector<double> of_weights(found.weights.size());
  for (std::uint32_t i = 0; i < kImages; ++i) {
    const Operand image{{images.digits.begin() + static_cast<std::ptrdiff_t>(i * c.window.in.size()),
                         images.digits.begin() + static_cast<std::ptrdiff_t>((i + 1) * c.window.in.size())},
                        images.format};
    for (std::uint32_t t = 0; t < c.tiling.tiles(); ++t) {
      for (std::uint32_t o = 0; o < c.outputs; ++o) {
        for (std::size_t position = 0; position < c.map(); ++position) {
          const double z = g[(i * c.outputs + o) * c.map() + position] *
                           at(slope, naive_sum(c, image, weight, t, o, position));
          for_each_row(c, t, position, [&](std::uint32_t channel, std::uint32_t tap, std::size_t pixel) {
            const std::size_t in = channel * c.window.in.positions() + pixel;
            const std::size_t w = (o * c.tiling.channels + channel) * c.tiling.taps() + tap;
            maps[i * c.window.in.size() + in] += z * weight.numerator(w) / weight.format.denominator;
            of_weights[w] += z * image.numerator(in) / image.format.denominator;
          });
        }
      }
    }
  }
  for (std::size_t i = 0; i < maps.size(); ++i) REQUIRE(found.maps[i] == Approx(maps[i]).margin(1e-3));
  for (std::size_t i = 0; i < of_weights.size(); ++i) {
    REQUIRE(found.weights[i] == Approx(of_weights[i]).margin(1e-3));
  }
}

void check_linear(std::uint32_t images, std::uint32_t outputs, const Tiling& tiling, Resolution activations,
                  Resolution weights) {
  const MatrixOperands operands(images, outputs, tiling, activations, weights);
  const Operand& x = operands.x;
  const Operand& w = operands.w;
  const auto product = operands.product();
  const SumTable slope = integer_slope(product.max_sum());
  const std::vector<float> g = gradients(std::size_t{images} * outputs);
  std::vector<float> to_x(x.digits.size());
  std::vector<float> to_w(w.digits.size());
  std::vector<double> x_expected(to_x.size());
  std::vector<double> w_expected(to_w.size());
  for (std::uint32_t t = 0; t < tiling.tiles(); ++t) {
    const std::uint32_t begin = t * tiling.channels_per_tile;
    const std::uint32_t end = std::min(begin + tiling.channels_per_tile, tiling.channels);
    TileGradients of_tile(product, t, slope);
    of_tile.add(product, g.data());
    of_tile.write_scalars(to_x.data() + begin, tiling.channels);
    of_tile.write_lanes(to_w.data() + begin, tiling.channels);
    for (std::size_t b = 0; b < images; ++b) {
      for (std::size_t o = 0; o < outputs; ++o) {
        const double z = g[b * outputs + o] * at(slope, operands.naive_sum(b, o, begin, end));
        for (std::uint32_t i = begin; i < end; ++i) {
          x_expected[b * tiling.channels + i] +=
              z * w.numerator(o * tiling.channels + i) / w.format.denominator;
          w_expected[o * tiling.channels + i] +=
              z * x.numerator(b * tiling.channels + i) / x.format.denominator;
        }
      }
    }
  }
  for (std::size_t i = 0; i < to_x.size(); ++i) REQUIRE(to_x[i] == Approx(x_expected[i]).margin(1e-3));
  for (std::size_t i = 0; i < to_w.size(); ++i) REQUIRE(to_w[i] == Approx(w_expected[i]).margin(1e-3));
}

}  // namespace

TEST_CASE("Gradients of tiled convolutions agree with plain loops for every pair of resolutions") {
  for (const Resolution activations : kCoded) {
    for (const Resolution weights : kCoded) {
      check_convolution({{{30, 5, 6}, 3, 1, 1}, 14, 3}, activations, weights);
    }
  }
}

TEST_CASE("Gradients of tiled convolutions agree with plain loops for every geometry") {
  check_convolution({{{45, 6, 6}, 1, 2, 0}, 14, 4}, Resolution::binary, Resolution::binary);
  check_convolution({{{200, 3, 3}, 1, 1, 0}, 128, 2}, Resolution::binary, Resolution::binary);
  check_convolution({{{16, 7, 5}, 5, 2, 2}, 14, 3}, Resolution::binary, Resolution::binary);
  check_convolution({{{11, 4, 4}, 5, 1, 2}, 5, 2}, Resolution::ternary, Resolution::binary);
  check_convolution({{{3, 1, 1}, 3, 1, 1}, 14, 2}, Resolution::binary, Resolution::two_bit);
  check_convolution({{{4, 9, 9}, 7, 1, 3}, 2, 3}, Resolution::binary, Resolution::binary);
}

TEST_CASE("Gradients of more outputs than are taken at once, and of more positions than a row of tables") {
  check_convolution({{{5, 13, 12}, 3, 1, 1}, 3, 201}, Resolution::binary, Resolution::binary);
}

TEST_CASE("Gradients of tiled matrix products agree with plain loops") {
  check_linear(7, 33, {300, 1, 128}, Resolution::binary, Resolution::binary);
  check_linear(3, 5, {784, 1, 128}, Resolution::ternary, Resolution::four_bit);
  check_linear(130, 16, {50, 1, 128}, Resolution::three_bit, Resolution::binary);
}

TEST_CASE("Gradients to one operand alone are the same, those to the other cannot be asked for") {
  const MatrixOperands operands(5, 21, {200, 1, 128}, Resolution::binary, Resolution::binary);
  const auto product = operands.product();
  const SumTable slope = integer_slope(product.max_sum());
  const std::vector<float> g = gradients(std::size_t{operands.images} * operands.outputs);
  TileGradients both(product, 0, slope);
  TileGradients lanes(product, 0, slope, {.lanes = true, .scalars = false});
  TileGradients scalars(product, 0, slope, {.lanes = false, .scalars = true});
  for (TileGradients* of_tile : {&both, &lanes, &scalars}) of_tile->add(product, g.data());
  std::vector<float> expected(operands.w.digits.size());
  std::vector<float> found(operands.w.digits.size());
  both.write_lanes(expected.data(), operands.tiling.channels);
  lanes.write_lanes(found.data(), operands.tiling.channels);
  CHECK(found == expected);
  both.write_scalars(expected.data(), operands.tiling.channels);
  scalars.write_scalars(found.data(), operands.tiling.channels);
  CHECK(found == expected);
  CHECK_THROWS_AS(lanes.write_scalars(found.data(), operands.tiling.channels), InternalError);
  CHECK_THROWS_AS(scalars.write_lanes(found.data(), operands.tiling.channels), InternalError);
}

TEST_CASE("Every SIMD target gives gradients of the same bits") {
  const Convolution c{{{30, 5, 6}, 3, 1, 1}, 14, 37};
  const Operands operands = random_operands(c, Resolution::two_bit, Resolution::ternary);
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  std::vector<float> g(kImages * c.outputs * c.map());
  for (float& v : g) v = normal(random);
  const Gradients expected = gradients_of(c, operands, integer_slope, g);
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    const Gradients found = gradients_of(c, operands, integer_slope, g);
    CHECK(found.maps == expected.maps);
    CHECK(found.weights == expected.weights);
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace sumline::tile_gradients_test
