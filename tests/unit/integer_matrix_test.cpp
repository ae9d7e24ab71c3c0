// SPDX-License-Identifier: Apache-2.0
#include "components/model/integer_matrix.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/simd_targets.hpp"

namespace sumline::integer_matrix_test {
namespace {

struct Product {
  std::size_t count, depth, rows;
  std::vector<std::uint8_t> codes;
  std::vector<std::int16_t> weights;

  Product(std::size_t count_, std::size_t depth_, std::size_t rows_, std::mt19937& random)
      : count(count_), depth(depth_), rows(rows_), codes(count * depth), weights(rows * depth) {
    for (auto& code : codes) {
      code = static_cast<std::uint8_t>(random() % 256);
    }
    for (auto& weight : weights) {
      weight = static_cast<std::int16_t>(static_cast<int>(random() % 511) - 255);
    }
  }

  std::vector<std::int32_t> naive() const {
    std::vector<std::int32_t> products(count * rows);
    for (std::size_t m = 0; m < count; ++m) {
      for (std::size_t n = 0; n < rows; ++n) {
        for (std::size_t k = 0; k < depth; ++k) {
          products[m * rows + n] += codes[m * depth + k] * weights[n * depth + k];
        }
      }
    }
    return products;
  }

  std::vector<std::int32_t> multiplied() const {
    std::vector<std::int32_t> products(count * rows, -1);
    multiply(IntegerMatrix(weights, rows, depth), codes, count, products);
    return products;
  }
};

}  // namespace

TEST_CASE("Integer products equal naive sums on every SIMD target") {
  std::mt19937 random(7);
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    for (int trial = 0; trial < 200; ++trial) {
      const Product product(1 + random() % 30, 1 + random() % 200, 1 + random() % 150, random);
      INFO(hwy::TargetName(target) << ' ' << product.count << 'x' << product.depth << 'x' << product.rows);
      REQUIRE(product.multiplied() == product.naive());
    }
  }
}

TEST_CASE("Integer products are exact at the largest codes and weights") {
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    for (const std::int16_t weight : {std::int16_t{255}, std::int16_t{-255}}) {
      constexpr std::size_t kDepth = 33'000;  // 33 000 * 255 * 255 just fits 31 bits
      const std::vector<std::uint8_t> codes(kDepth, 255);
      const std::vector<std::int16_t> weights(kDepth, weight);
      std::vector<std::int32_t> products(1);
      multiply(IntegerMatrix(weights, 1, kDepth), codes, 1, products);
      REQUIRE(products[0] == std::int32_t{weight} * 255 * static_cast<std::int32_t>(kDepth));
    }
  }
}

}  // namespace sumline::integer_matrix_test
