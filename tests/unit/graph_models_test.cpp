// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <random>

#include "components/model/accumulator_range.hpp"
#include "components/model/code_rounding.hpp"
#include "components/model/exact_product.hpp"
#include "components/model/input_vectors.hpp"
#include "components/model/lut_model.hpp"
#include "components/model/pool_model.hpp"

namespace sumline::graph_models_test {
namespace {

constexpr CodeFormat kMidRise4{Encoding::mid_rise, 4};

/// A layer that reads `input` of the workload.
Layer reader(const Workload& workload, LayerKind kind, std::int32_t input) {
  Layer layer;
  layer.kind = kind;
  layer.input = input;
  layer.in = input < 0 ? workload.image : workload.layers[static_cast<std::size_t>(input)].out;
  layer.out = layer.in;
  if (content_of(workload, input) == Content::codes) layer.activations = format_of(workload, input);
  return layer;
}

/// Images of 4-bit mid-rise codes, a 1x1 convolution that hands on sums, an average and a maximum of these.
Workload sums_and_pools() {
  Workload workload;
  workload.image = {3, 4, 5};
  workload.image_format = kMidRise4;
  Layer convolution = reader(workload, LayerKind::convolution, -1);
  convolution.weights = {Encoding::ternary, 2};
  workload.layers.push_back(convolution);
  Layer average = reader(workload, LayerKind::average_pool, 0);
  average.kernel = 3;
  average.residual = -1;
  workload.layers.push_back(average);
  Layer maximum = reader(workload, LayerKind::max_pool, 0);
  maximum.kernel = 3;
  workload.layers.push_back(maximum);
  return workload;
}

}  // namespace

TEST_CASE("Codes of a wide mid-rise map become the nearest level, and none lies half-way") {
  for (const auto& [wide, narrow] :
       {std::pair{8U, 4U}, {8U, 2U}, {8U, 1U}, {6U, 3U}, {4U, 2U}, {3U, 1U}, {5U, 5U}}) {
    const CodeFormat found{Encoding::mid_rise, wide};
    const CodeFormat wanted{Encoding::mid_rise, narrow};
    const CodeRounding rounding(found, wanted);
    CHECK(rounding.identity() == (wide == narrow));
    const std::int32_t found_top = found.value(found.levels() - 1);
    const std::int32_t wanted_top = wanted.value(wanted.levels() - 1);
    for (std::uint32_t code = 0; code < found.levels(); ++code) {
      const auto distance = [&](std::uint32_t level) {
        return std::abs(wanted.value(level) * found_top - found.value(code) * wanted_top);
      };
      const std::uint32_t nearest = rounding.code(static_cast<std::uint8_t>(code));
      for (std::uint32_t level = 0; level < wanted.levels(); ++level) {
        CHECK((level == nearest || distance(level) > distance(nearest)));
      }
    }
  }
}

TEST_CASE(
    "Padding reads the code for 0 or the layer's own codes; codes on the map are rounded, padding is not") {
  Workload workload;
  workload.image = {2, 1, 1};
  workload.image_format = {Encoding::mid_rise, 2};
  Layer layer = reader(workload, LayerKind::convolution, -1);
  layer.kernel = 2;
  layer.padding = 1;
  layer.out = {1, 2, 2};
  const std::vector<std::uint8_t> map = {3, 1};
  std::vector<std::uint8_t> vector(8);
  const auto gather = [&] {
    gather_inputs(layer, CodeRounding(workload, layer), map, 0, vector);
    return vector;
  };
  CHECK(gather() == std::vector<std::uint8_t>{4, 4, 4, 3, 4, 4, 4, 1});
  layer.activations.bits = 1;
  CHECK(gather() == std::vector<std::uint8_t>{2, 2, 2, 1, 2, 2, 2, 0});
  layer.padding_codes = {0, 1};
  CHECK(gather() == std::vector<std::uint8_t>{0, 0, 0, 1, 1, 1, 1, 0});
  workload.image_format = layer.activations = {Encoding::ternary, 2};
  layer.padding_codes.clear();
  CHECK(gather() == std::vector<std::uint8_t>{1, 1, 1, 3, 1, 1, 1, 1});
}

TEST_CASE("The largest accumulator is that of all inputs and weights at their largest") {
  Workload workload = sums_and_pools();
  const auto largest = largest_accumulators(workload);
  CHECK(largest[0] == 3 * 15 * 1);
  CHECK(largest[1] == 9 * 45);
  CHECK(largest[2] == 45);
  CHECK(largest_residual(workload, largest, 1) == 0);
  workload.layers[1].residual = 0;
  CHECK(largest_residual(workload, largest, 1) == 9 * 45);
  workload.layers[2].residual = 0;
  CHECK(largest_residual(workload, largest, 2) == 45);
  // Three codes of a 2-bit staircase instead of the first layer's sums, summed up over windows of 9.
  CHECK(largest_accumulators(workload, std::vector<std::uint64_t>{9, 0, 0})[0] == 9);
  CHECK(largest_accumulators(workload, std::vector<std::uint64_t>{9, 0, 0})[1] == 9 * 9);
  workload.layers[0].kind = LayerKind::linear;
  workload.layers[0].in = {400, 1, 1};
  workload.layers[0].activations = {Encoding::unsigned_binary, 8};
  workload.layers[0].weights = {Encoding::mid_rise, 8};
  CHECK(largest_accumulators(workload)[0] == 400ULL * 255 * 255);
  workload.layers[0].weights = {Encoding::unsigned_binary, 3};
  CHECK(largest_accumulators(workload)[0] == 400ULL * 255 * 7);
}

TEST_CASE("Sums and maxima of windows, of sums and of codes, leave padding out") {
  Workload workload = sums_and_pools();
  std::mt19937 random(1);
  std::vector<std::int32_t> sums(workload.layers[0].out.size());
  for (auto& sum : sums) sum = static_cast<std::int32_t>(random() % 100) - 80;
  std::vector<std::uint8_t> codes(workload.image.size());
  for (auto& code : codes) code = static_cast<std::uint8_t>(random() % 16);
  for (const bool of_codes : {false, true}) {
    Layer layer = reader(workload, LayerKind::average_pool, of_codes ? -1 : 0);
    layer.kernel = 3;
    layer.stride = 2;
    layer.padding = 1;
    layer.out = {3, 2, 3};
    const MapView map = of_codes ? MapView{codes, {}} : MapView{{}, sums};
    const MapValues values = MapValues::input(workload, layer);
    constexpr std::size_t kBegin = 1;
    std::vector<std::int32_t> added((layer.out.positions() - kBegin) * 3, 99);
    std::vector<std::int32_t> largest(added);
    window_sums(layer, map, values, kBegin, added);
    window_maxima(layer, map, values, kBegin, largest);
    for (std::size_t index = 0; index < added.size(); ++index) {
      const auto position = static_cast<std::int32_t>(kBegin + index / 3);
      std::vector<std::int32_t> under;
      for (std::int32_t cell = 0; cell < 9; ++cell) {
        const std::int32_t y = position / 3 * 2 + cell / 3 - 1;
        const std::int32_t x = position % 3 * 2 + cell % 3 - 1;
        if (y < 0 || x < 0 || y >= 4 || x >= 5) continue;
        const std::size_t at = index % 3 * 20 + static_cast<std::size_t>(y * 5 + x);
        under.push_back(of_codes ? kMidRise4.value(codes[at]) : sums[at]);
      }
      CHECK(added[index] == std::accumulate(under.begin(), under.end(), 0));
      CHECK(largest[index] == *std::max_element(under.begin(), under.end()));
    }
    CHECK(window_cells(layer) == (2 + 3) * (2 + 3 + 2));
  }
}

TEST_CASE("An exact product multiplies what codes stand for, an undriven wordline as 0") {
  for (const CodeFormat& format : {CodeFormat{Encoding::unsigned_binary, 3}, CodeFormat{Encoding::ternary, 2},
                                   CodeFormat{Encoding::mid_rise, 3}, CodeFormat{Encoding::mid_rise, 8}}) {
    Layer layer;
    layer.kind = LayerKind::linear;
    layer.in = {37, 1, 1};
    layer.out = {5, 1, 1};
    layer.activations = format;
    layer.weights = {Encoding::mid_rise, 8};
    std::mt19937 random(2);
    for (std::size_t index = 0; index < 37 * 5; ++index) {
      layer.weight_codes.push_back(static_cast<std::uint8_t>(random()));
    }
    const bool has_off = format.encoding == Encoding::mid_rise && format.bits < 8;
    std::vector<std::uint8_t> vectors(2 * 37);
    for (auto& code : vectors)
      code = static_cast<std::uint8_t>(random() % (format.levels() + (has_off ? 1 : 0)));
    std::vector<std::int32_t> products(2 * 5);
    ExactProduct(layer).multiply(vectors, 2, products);
    for (std::size_t index = 0; index < products.size(); ++index) {
      std::int32_t expected = 0;
      for (std::size_t row = 0; row < 37; ++row) {
        expected += format.value(vectors[index / 5 * 37 + row]) *
                    layer.weights.value(layer.weight_codes[index % 5 * 37 + row]);
      }
      CHECK(products[index] == expected);
    }
  }
}

TEST_CASE("z adds up A, X, R and the offset from left to right") {
  Layer layer;
  layer.out = {2, 1, 1};
  layer.scale = {1e16, 2};
  layer.sum_scale = {-1e16, 0.5};
  layer.residual_scale = {1, -1};
  layer.offset = {0.25, 10};
  const OutputAffine affine(layer);
  const std::vector<std::int32_t> a = {1, 3, 1, 3};
  const std::vector<std::int32_t> x = {1, 4};
  const std::vector<std::int32_t> r = {1, 7, 0, 0};
  CHECK(affine.real_value({a, x, r}, 0, 0) == 1.25);  // 1e16 - 1e16 first: otherwise the 1 is lost
  CHECK(affine.real_value({a, x, r}, 0, 1) == 6 + 0.5 - 7 + 10);
  CHECK(affine.real_value({a, x, r}, 1, 1) == 6 + 2 + 10);
}

TEST_CASE("Where more than A enters z, the code is the number of boundaries that z has reached") {
  std::mt19937 random(3);
  for (const CodeFormat& format :
       {CodeFormat{Encoding::unsigned_binary, 8}, kMidRise4, CodeFormat{Encoding::ternary, 2}}) {
    Layer layer;
    layer.out = {1, 1, 1};
    layer.scale = {0.125};
    layer.offset = {-3};
    layer.residual = 0;
    layer.residual_scale = {0.25};
    layer.requantize = true;
    layer.quantizer.format = format;
    layer.quantizer.step = 0.5;
    for (std::uint32_t code = 1; code < format.levels(); ++code) {
      layer.quantizer.boundaries.push_back(static_cast<double>(random() % (8 * format.levels())) / 16);
    }
    std::sort(layer.quantizer.boundaries.begin(), layer.quantizer.boundaries.end());
    const LutModel model(layer, 4000, LutMode::threshold_search, 0);
    for (std::int32_t sum = -100; sum < 2000; ++sum) {
      const std::vector<std::int32_t> a = {sum};
      const std::vector<std::int32_t> r = {static_cast<std::int32_t>(random() % 9) - 4};
      std::vector<std::uint8_t> code(1);
      model.codes({a, {}, r}, code, 1);
      const double z = 0.125 * sum + 0.25 * r[0] - 3;
      const auto& boundaries = layer.quantizer.boundaries;
      CHECK(code[0] == std::count_if(boundaries.begin(), boundaries.end(), [&](double b) { return z >= b; }));
    }
  }
}

TEST_CASE("Direct look-up finds the codes of evenly spaced boundaries of every encoding, but for ties") {
  for (const CodeFormat& format :
       {CodeFormat{Encoding::unsigned_binary, 3}, kMidRise4, CodeFormat{Encoding::ternary, 2}}) {
    for (const bool residual : {false, true}) {
      Layer layer;
      layer.out = {1, 1, 1};
      layer.scale = {0.01};
      layer.offset = {0.003};
      layer.requantize = true;
      layer.quantizer = {format, 0.5, {}, {}};
      const double lowest = format.encoding == Encoding::mid_rise  ? -3.5  // (1 - 8) * 0.5
                            : format.encoding == Encoding::ternary ? -0.25
                                                                   : 0.25;
      std::vector<double> boundaries;
      for (std::uint32_t code = 1; code < format.levels(); ++code)
        boundaries.push_back(lowest + 0.5 * (code - 1));
      if (residual) {
        layer.residual = 0;
        layer.residual_scale = {0};
        layer.quantizer.boundaries = boundaries;
      }
      const LutModel model(layer, 1000, LutMode::direct, 12);
      for (std::int32_t sum = -1000; sum < 1000; ++sum) {
        const std::vector<std::int32_t> a = {sum};
        std::vector<std::uint8_t> code(1);
        model.codes({a, {}, residual ? std::span(a) : std::span<const std::int32_t>()}, code, 1);
        const double z = 0.01 * sum + 0.003;
        CHECK(code[0] ==
              std::count_if(boundaries.begin(), boundaries.end(), [&](double b) { return z >= b; }));
      }
    }
  }
}

}  // namespace sumline::graph_models_test
