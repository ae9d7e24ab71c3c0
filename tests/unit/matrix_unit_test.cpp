// SPDX-License-Identifier: Apache-2.0
#include "components/model/matrix_unit.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <memory>
#include <random>

namespace sumline::matrix_unit_test {

#ifdef __x86_64__
TEST_CASE("Tiles multiply like nested loops") {
  if (!has_matrix_unit()) {
    WARN("this processor has no matrix unit, or the system does not grant it");
    return;
  }
  std::mt19937 random(1);
  const auto tiles = std::make_unique<std::array<MatrixTile, 3>>();
  auto& [a, b, sums] = *tiles;
  for (std::size_t i = 0; i < a.bytes.size(); ++i) {
    a.bytes[i] = static_cast<std::uint8_t>(random());
    b.bytes[i] = static_cast<std::uint8_t>(random());
  }
  {
    const MatrixSession session;
    load_tile<4>(a);
    load_tile<5>(b);
    clear_tile<0>();
    multiply_tiles<0, 4, 5>();
    multiply_tiles<0, 4, 5>();
    store_tile<0>(sums);
  }
  for (std::size_t m = 0; m < MatrixTile::kRows; ++m) {
    for (std::size_t n = 0; n < 16; ++n) {
      std::int32_t expected = 0;
      for (std::size_t k = 0; k < MatrixTile::kRowBytes; ++k) {
        expected += 2 * a.bytes[m * MatrixTile::kRowBytes + k] *
                    b.bytes[k / 4 * MatrixTile::kRowBytes + 4 * n + k % 4];
      }
      std::int32_t sum;
      std::memcpy(&sum, sums.bytes.data() + m * MatrixTile::kRowBytes + 4 * n, sizeof sum);
      REQUIRE(sum == expected);
    }
  }
}
#endif

}  // namespace sumline::matrix_unit_test
