// SPDX-License-Identifier: Apache-2.0
#include "components/model/partial_sums.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "tests/support/simd_targets.hpp"

using namespace sumline;

namespace {

struct Crossbar {
  std::uint32_t rows, columns, cell_bits, planes;
  std::vector<std::uint8_t> cells;
  std::vector<std::uint64_t> words;

  Crossbar(std::uint32_t rows_, std::uint32_t columns_, std::uint32_t cell_bits_, std::uint32_t planes_,
           std::mt19937_64& random)
      : rows(rows_), columns(columns_), cell_bits(cell_bits_), planes(planes_), cells(rows * columns) {
    for (auto& cell : cells) {
      cell = static_cast<std::uint8_t>(random() % (1U << cell_bits));
    }
    for (std::uint32_t word = 0; word < planes * ((rows + 63) / 64); ++word) {
      words.push_back(random());
    }
  }

  CellPlanes packed() const { return CellPlanes(cells, rows, columns, cell_bits); }
  InputPlanes inputs() const { return {words, planes}; }

  std::int32_t sum(std::uint32_t plane, std::uint32_t column, std::uint32_t begin, std::uint32_t end) const {
    std::int32_t sum = 0;
    for (std::uint32_t row = begin; row < end; ++row) {
      const std::uint64_t word = words[plane * ((rows + 63) / 64) + row / 64];
      sum += (word >> (row % 64) & 1) != 0 ? cells[row * columns + column] : 0;
    }
    return sum;
  }
};

std::uint32_t up_to(std::uint32_t most, std::mt19937_64& random) {
  return 1 + static_cast<std::uint32_t>(random() % most);
}

}  // namespace

TEST_CASE("Partial sums and their readout equal naive sums on every SIMD target") {
  std::mt19937_64 random(3);
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    for (int trial = 0; trial < 60; ++trial) {
      const Crossbar crossbar(up_to(300, random), up_to(700, random), up_to(4, random), up_to(8, random),
                              random);
      const CellPlanes cells = crossbar.packed();
      std::vector<std::int32_t> sums(crossbar.planes * crossbar.columns, -1);
      partial_sums(cells, crossbar.inputs(), sums);

      std::vector<std::int32_t> table(cells.max_sum() + 1);
      std::vector<std::int32_t> weights(crossbar.planes);
      for (auto* values : {&table, &weights}) {
        for (auto& value : *values) {
          value = static_cast<std::int32_t>(random());
        }
      }
      std::vector<std::int32_t> accumulators(crossbar.columns, 7);
      read_out(cells, crossbar.inputs(), table, weights, accumulators);

      INFO(simd_target() << ": " << crossbar.rows << 'x' << crossbar.columns << ", " << crossbar.cell_bits
                         << " bits");
      for (std::uint32_t column = 0; column < crossbar.columns; ++column) {
        std::uint32_t expected = 7;
        for (std::uint32_t plane = 0; plane < crossbar.planes; ++plane) {
          const std::int32_t sum = crossbar.sum(plane, column, 0, crossbar.rows);
          REQUIRE(sums[plane * crossbar.columns + column] == sum);
          expected += static_cast<std::uint32_t>(weights[plane]) *
                      static_cast<std::uint32_t>(table[static_cast<std::size_t>(sum)]);
        }
        REQUIRE(accumulators[column] == static_cast<std::int32_t>(expected));
      }
    }
  }
}

TEST_CASE("An operation unit sees only its own wordlines and bitlines") {
  std::mt19937_64 random(4);
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    for (int trial = 0; trial < 300; ++trial) {
      const Crossbar crossbar(up_to(200, random), up_to(200, random), up_to(4, random), 1, random);
      const std::uint32_t begin = up_to(crossbar.rows, random) - 1;
      const std::uint32_t count = up_to(crossbar.rows - begin, random);
      const std::uint32_t column_begin = up_to(crossbar.columns, random) - 1;
      std::vector<std::int32_t> sums(up_to(crossbar.columns - column_begin, random), -1);
      ou_sums(crossbar.packed(), crossbar.words, begin, count, column_begin, sums);
      for (std::uint32_t column = 0; column < sums.size(); ++column) {
        REQUIRE(sums[column] == crossbar.sum(0, column_begin + column, begin, begin + count));
      }
    }
  }
}

TEST_CASE("The tallest crossbar of the largest cells does not overflow") {
  const std::vector<std::uint8_t> cells(4096, 15);
  const std::vector<std::uint64_t> words(64, ~std::uint64_t{0});
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    std::int32_t sum = 0;
    partial_sums(CellPlanes(cells, 4096, 1, 4), {words, 1}, {&sum, 1});
    REQUIRE(sum == 4096 * 15);
  }
}

TEST_CASE("The dispatcher takes the best instruction set unless told otherwise") {
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    REQUIRE(std::strcmp(simd_target(), hwy::TargetName(target)) == 0);
  }
  REQUIRE(std::strcmp(simd_target(), hwy::TargetName(test::simd_targets().front())) == 0);
}
