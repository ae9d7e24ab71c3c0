// SPDX-License-Identifier: Apache-2.0
#include "components/model/tile_conversions.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "configs/accelerator_loader.hpp"

namespace sumline::tile_conversions_test {
namespace {

constexpr std::uint32_t kRows = 300;
constexpr std::uint32_t kOutputs = 40;
constexpr std::size_t kVectors = 19;

std::vector<std::uint8_t> random_codes(std::size_t size, std::uint32_t codes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> drawn(size);
  for (std::uint8_t& code : drawn) code = static_cast<std::uint8_t>(random() % codes);
  return drawn;
}

Layer layer_of(const CodeFormat& weights, const CodeFormat& activations) {
  Layer layer;
  layer.kind = LayerKind::linear;
  layer.in = {kRows, 1, 1};
  layer.out = {kOutputs, 1, 1};
  layer.weights = weights;
  layer.activations = activations;
  layer.weight_codes = random_codes(kRows * kOutputs, weights.levels(), 1);
  return layer;
}

/// Both ways to read the rows [100, 228) of a layer, array by array.
void compare(const Layer& layer, const Accelerator& accelerator) {
  const WeightSlicing slicing(WeightMapping::signed_cells, layer.weights, accelerator.array.cell_bits);
  const ArrayModel array(accelerator, {{100, 228}, 0, kOutputs}, layer.weight_codes, kRows, slicing,
                         {layer.activations, accelerator.dac.bits});
  REQUIRE(TileConversions::supports(array));
  const std::uint32_t codes =
      layer.activations.levels() + (layer.activations.encoding == Encoding::mid_rise ? 1 : 0);
  const auto vectors = random_codes(kVectors * kRows, codes, 2);
  std::vector<std::int32_t> whole(kVectors * kOutputs, 5);
  const std::uint64_t saturated = TileConversions(layer, array).accumulate(vectors, kVectors, whole);

  std::vector<std::int32_t> one_by_one(kVectors * kOutputs, 5);
  std::uint64_t expected = 0;
  BitPlanes planes;
  for (std::size_t vector = 0; vector < kVectors; ++vector) {
    const auto part = std::span(vectors).subspan(vector * kRows + 100, 128);
    array.activations().split(part, planes);
    expected += array.accumulate(part, planes, std::span(one_by_one).subspan(vector * kOutputs, kOutputs));
  }
  CHECK(whole == one_by_one);
  CHECK(saturated == expected);
}

}  // namespace

TEST_CASE("Tiles converted as a whole equal their arrays read one by one") {
  const CodeFormat binary{Encoding::mid_rise, 1};
  const CodeFormat ternary{Encoding::ternary, 2};
  const CodeFormat multi{Encoding::mid_rise, 3};
  for (const CodeFormat& weights : {binary, ternary, multi}) {
    for (const CodeFormat& activations : {binary, ternary, multi}) {
      for (const std::uint32_t bits : {1U, 2U, 3U, 4U}) {
        for (const std::uint32_t ou_rows : {128U, 50U}) {
          Accelerator accelerator = load_accelerator("sa-cim");
          accelerator.array.cell_bits = 3;
          accelerator.dac.bits = 3;
          accelerator.adc.bits = bits;
          accelerator.adc.full_scale = 20;
          accelerator.ou.rows = ou_rows;
          compare(layer_of(weights, activations), accelerator);
        }
      }
    }
  }
}

}  // namespace sumline::tile_conversions_test
