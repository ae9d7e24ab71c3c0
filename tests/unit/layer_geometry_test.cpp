// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <numeric>
#include <random>

#include "components/model/input_vectors.hpp"
#include "components/model/pool_model.hpp"

namespace sumline::layer_geometry_test {
namespace {

const CodeRounding kAsTheyAre(CodeFormat{}, CodeFormat{});

/// A 3-channel 7x6 map under a window, codes numbered from 1 so that no code is mistaken for padding.
Layer window_layer(LayerKind kind, std::uint32_t kernel, std::uint32_t stride, std::uint32_t padding) {
  Layer layer;
  layer.kind = kind;
  layer.in = {3, 7, 6};
  layer.kernel = kernel;
  layer.stride = stride;
  layer.padding = padding;
  layer.out = {kind == LayerKind::max_pool ? 3U : 5U, (7 + 2 * padding - kernel) / stride + 1,
               (6 + 2 * padding - kernel) / stride + 1};
  return layer;
}

std::vector<std::uint8_t> numbered_map() {
  std::vector<std::uint8_t> map(3 * 7 * 6);
  std::iota(map.begin(), map.end(), std::uint8_t{1});
  return map;
}

int code_at(const std::vector<std::uint8_t>& map, std::uint32_t channel, int y, int x) {
  return y < 0 || x < 0 || y >= 7 || x >= 6
             ? 0
             : map[static_cast<std::size_t>((static_cast<int>(channel) * 7 + y) * 6 + x)];
}

}  // namespace

TEST_CASE("Input vectors hold each window channel by channel, padding as 0") {
  const auto map = numbered_map();
  for (std::uint32_t kernel = 1; kernel <= 6; ++kernel) {
    for (std::uint32_t stride = 1; stride <= 3; ++stride) {
      for (std::uint32_t padding = 0; padding <= kernel; ++padding) {
        const Layer layer = window_layer(LayerKind::convolution, kernel, stride, padding);
        const std::size_t begin = layer.out.positions() / 3;
        std::vector<std::uint8_t> vectors((layer.out.positions() - begin) * layer.rows(), 99);
        gather_inputs(layer, kAsTheyAre, map, begin, vectors);
        for (std::size_t index = 0; index < vectors.size(); ++index) {
          const auto position = begin + index / layer.rows();
          const auto row = static_cast<std::uint32_t>(index % layer.rows());
          const int y = static_cast<int>(position / layer.out.width * stride + row / kernel % kernel) -
                        static_cast<int>(padding);
          const int x = static_cast<int>(position % layer.out.width * stride + row % kernel) -
                        static_cast<int>(padding);
          REQUIRE(vectors[index] == code_at(map, row / (kernel * kernel), y, x));
        }
      }
    }
  }
}

TEST_CASE("A linear layer takes the flattened map") {
  Layer layer;
  layer.kind = LayerKind::linear;
  layer.in = {3, 7, 6};
  std::vector<std::uint8_t> vector(layer.rows());
  gather_inputs(layer, kAsTheyAre, numbered_map(), 0, vector);
  CHECK(vector == numbered_map());
}

TEST_CASE("Pooling takes the largest code under each window and compares no padding") {
  std::vector<std::uint8_t> map = numbered_map();
  std::shuffle(map.begin(), map.end(), std::mt19937(1));
  for (std::uint32_t kernel = 1; kernel <= 4; ++kernel) {
    for (std::uint32_t stride = 1; stride <= 3; ++stride) {
      for (std::uint32_t padding = 0; padding <= kernel / 2; ++padding) {
        const Layer layer = window_layer(LayerKind::max_pool, kernel, stride, padding);
        std::vector<std::uint8_t> pooled(layer.out.size());
        max_pool(layer, map, pooled);
        std::uint64_t compares = 0;
        for (std::uint32_t index = 0; index < pooled.size(); ++index) {
          const std::uint32_t channel = index / static_cast<std::uint32_t>(layer.out.positions());
          int largest = 0;
          std::uint64_t codes = 0;
          for (std::uint32_t cell = 0; cell < kernel * kernel; ++cell) {
            const std::uint32_t row = index / layer.out.width % layer.out.height;
            const int y = static_cast<int>(row * stride + cell / kernel) - static_cast<int>(padding);
            const int x = static_cast<int>(index % layer.out.width * stride + cell % kernel) -
                          static_cast<int>(padding);
            const int code = code_at(map, channel, y, x);
            largest = std::max(largest, code);
            codes += code != 0 ? 1 : 0;
          }
          REQUIRE(pooled[index] == largest);
          compares += codes - 1;
        }
        CHECK(pool_compares(layer) == compares);
      }
    }
  }
}

}  // namespace sumline::layer_geometry_test
