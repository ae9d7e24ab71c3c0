// SPDX-License-Identifier: Apache-2.0
#include "components/model/lut_model.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "components/model/quantization_table.hpp"

namespace sumline::lut_model_test {
namespace {

constexpr std::int32_t kLargest = 2000;        // of what is tried
constexpr std::uint64_t kReach = 40 * 15 * 7;  // of the layer

/// A linear layer with `channels` channels of random affine maps, some falling, one constant.
Layer layer_with(std::uint32_t channels, std::uint32_t bits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Layer layer;
  layer.kind = LayerKind::linear;
  layer.in = {40, 1, 1};
  layer.out = {channels, 1, 1};
  layer.activations = {Encoding::unsigned_binary, 4};
  layer.weights = {Encoding::unsigned_binary, 3};
  layer.requantize = true;
  layer.quantizer = {{Encoding::unsigned_binary, bits}, 0.25, {}, {}};
  for (std::uint32_t channel = 0; channel < channels; ++channel) {
    const double slope =
        channel == 2 ? 0.0 : static_cast<double>(random() % 1000 + 1) / 500000 * (channel % 3 == 1 ? -1 : 1);
    layer.scale.push_back(slope * 0.25 * std::exp2(bits));
    layer.offset.push_back((static_cast<double>(random() % 1000) / 500 - 0.5) * 0.25 * std::exp2(bits));
    const auto table = thresholds({layer.scale.back(), layer.offset.back(), 0.25, bits}, kReach);
    layer.quantizer.thresholds.insert(layer.quantizer.thresholds.end(), table.begin(), table.end());
  }
  return layer;
}

std::uint8_t by_thresholds(const Layer& layer, std::size_t channel, std::int32_t sum) {
  const std::size_t steps = (std::size_t{1} << layer.quantizer.format.bits) - 1;
  std::uint8_t code = 0;
  for (std::size_t j = 0; j < steps; ++j) {
    const std::int64_t threshold = layer.quantizer.thresholds[channel * steps + j];
    code = static_cast<std::uint8_t>(
        code + ((layer.scale[channel] < 0 ? sum <= threshold : sum >= threshold) ? 1 : 0));
  }
  return code;
}

/// The code of one accumulator by itself.
std::uint8_t code_of(const LutModel& model, std::size_t channels, std::size_t channel, std::int32_t sum) {
  const std::vector<std::int32_t> sums(channels, sum);
  std::vector<std::uint8_t> codes(channels);
  model.codes({sums}, codes, 1);
  return codes[channel];
}

/// Every accumulator of every channel, one by one and in batches.
void compare_all(const Layer& layer, LutMode mode, std::uint32_t index_bits) {
  const LutModel model(layer, kReach, mode, index_bits);
  const std::size_t channels = layer.out.channels;
  constexpr std::size_t count = 2 * kLargest + 1;
  std::vector<std::int32_t> sums;
  for (std::int32_t sum = -kLargest; sum <= kLargest; ++sum) {
    sums.insert(sums.end(), channels, sum);
  }
  std::vector<std::uint8_t> codes(channels * count);
  model.codes({sums}, codes, count);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    for (std::size_t index = 0; index < count; ++index) {
      const std::int32_t sum = sums[index * channels];
      REQUIRE(codes[channel * count + index] == code_of(model, channels, channel, sum));
      if (mode == LutMode::threshold_search) {
        REQUIRE(codes[channel * count + index] == by_thresholds(layer, channel, sum));
      }
    }
  }
}

}  // namespace

TEST_CASE("Threshold search gives the workload's codes for every accumulator") {
  for (std::uint32_t bits = 1; bits <= 8; ++bits) {
    compare_all(layer_with(7, bits, bits), LutMode::threshold_search, 0);
  }
}

TEST_CASE("Thresholds that follow no affine map are obeyed as they stand") {
  Layer layer = layer_with(3, 2, 9);
  layer.scale = {1, -1, 1};
  layer.offset = {0, 0, 0};
  layer.quantizer.thresholds = {-1500, 3, 4, 900, 899, -1999, 5, 5, 5};
  compare_all(layer, LutMode::threshold_search, 0);
}

TEST_CASE(
    "Direct look-up gives the same code one by one and in batches, and is exact but for ties once it has a "
    "fraction bit") {
  for (const std::uint32_t bits : {1U, 4U, 8U}) {
    for (const std::uint32_t index_bits : {2U, 4U, 9U, 12U}) {
      const Layer layer = layer_with(5, bits, bits);
      compare_all(layer, LutMode::direct, index_bits);
      const LutModel model(layer, kReach, LutMode::direct, index_bits);
      for (std::int32_t sum = -kLargest; index_bits > bits && sum <= kLargest; ++sum) {
        const double z = (layer.scale[0] * sum + layer.offset[0]) / layer.quantizer.step;
        const bool near_tie = std::abs(z - std::floor(z) - 0.5) < 1e-9;
        CHECK((near_tie || code_of(model, layer.out.channels, 0, sum) == by_thresholds(layer, 0, sum)));
      }
    }
  }
}

TEST_CASE("Accesses per code: one compare per bit, or one look-up") {
  const Layer layer = layer_with(3, 6, 1);
  CHECK(LutModel(layer, kReach, LutMode::threshold_search, 0).accesses_per_code() == 6);
  CHECK(LutModel(layer, kReach, LutMode::direct, 9).accesses_per_code() == 1);
}

}  // namespace sumline::lut_model_test
