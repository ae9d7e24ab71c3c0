// SPDX-License-Identifier: Apache-2.0
#include "components/model/batch_readout.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "tests/support/simd_targets.hpp"

namespace sumline::batch_readout_test {
namespace {

/// One read-out of many vectors, its naive result beside it.
struct Case {
  std::uint32_t rows, columns, cell_bits, planes, first_row, input_rows;
  std::size_t count;
  std::vector<std::uint8_t> cells;
  std::vector<std::uint8_t> codes;
  std::vector<std::int32_t> table;
  std::vector<std::uint8_t> weights;
  std::vector<BitlineTarget> targets;

  std::uint32_t sum(std::uint32_t column, std::uint32_t plane, std::size_t vector) const {
    std::uint32_t sum = 0;
    for (std::uint32_t row = 0; row < rows; ++row) {
      const std::uint32_t code = codes[vector * input_rows + first_row + row];
      sum += cells[row * columns + column] * (code >> plane & 1);
    }
    return sum;
  }

  void check() const {
    check(true);
    if (reads_by_matrix()) {
      check(false);
    }
  }

  void check(bool matrix_unit) const {
    const CellPlanes planes_of(cells, rows, columns, cell_bits);
    const InputBatch inputs(codes, count, input_rows, planes);
    BatchAccumulators accumulators(inputs, columns);
    std::vector<std::int32_t> expected(columns * count);
    for (std::uint32_t output = 0; output < columns; ++output) {
      for (std::size_t vector = 0; vector < count; ++vector) {
        accumulators.at(output, vector) = expected[output * count + vector] =
            static_cast<std::int32_t>(output + vector);
      }
    }
    read_out(planes_of, inputs, first_row, ReadoutTable(table), weights, targets, accumulators, matrix_unit);
    for (std::uint32_t column = 0; column < columns; ++column) {
      for (std::size_t vector = 0; vector < count; ++vector) {
        std::uint32_t value = 0;
        for (std::uint32_t plane = 0; plane < planes; ++plane) {
          value += weights[plane] * static_cast<std::uint32_t>(table[sum(column, plane, vector)]);
        }
        auto& accumulator = expected[targets[column].output * count + vector];
        accumulator =
            static_cast<std::int32_t>(static_cast<std::uint32_t>(accumulator) +
                                      static_cast<std::uint32_t>(targets[column].coefficient) * value);
      }
    }
    for (std::uint32_t output = 0; output < columns; ++output) {
      for (std::size_t vector = 0; vector < count; ++vector) {
        if (accumulators.at(output, vector) != expected[output * count + vector]) {
          FAIL((matrix_unit ? "" : "without matrix unit: ")
               << "output " << output << ", vector " << vector << ": " << accumulators.at(output, vector)
               << " instead of " << expected[output * count + vector]);
        }
      }
    }
  }
};

std::vector<std::uint8_t> random_bytes(std::size_t size, std::uint32_t below, std::mt19937& random) {
  std::vector<std::uint8_t> bytes(size);
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(random() % below);
  }
  return bytes;
}

std::vector<std::int32_t> random_table(std::size_t size, std::int32_t low, std::int32_t high,
                                       std::mt19937& random) {
  std::uniform_int_distribution<std::int32_t> value(low, high);
  std::vector<std::int32_t> table(size);
  for (auto& entry : table) {
    entry = value(random);
  }
  return table;
}

Case random_case(std::uint32_t rows, std::uint32_t columns, std::uint32_t cell_bits, std::uint32_t planes,
                 std::size_t count, std::mt19937& random) {
  Case c{rows, columns, cell_bits, planes, static_cast<std::uint32_t>(random() % 20), 0, count, {},
         {},   {},      {},        {}};
  c.input_rows = c.first_row + rows + static_cast<std::uint32_t>(random() % 20);
  c.cells = random_bytes(std::size_t{rows} * columns, 1U << cell_bits, random);
  c.codes = random_bytes(count * c.input_rows, 256, random);
  const std::size_t entries = rows * ((1U << cell_bits) - 1) + 1;
  constexpr std::int32_t kRanges[][2] = {
      {-128, 127}, {0, 255}, {-300, -250}, {-30'000, 30'000}, {INT32_MIN, INT32_MAX}};
  const auto& range = kRanges[random() % std::size(kRanges)];
  c.table = random_table(entries, range[0], range[1], random);
  if (random() % 2 == 0) {  // a converter of few bits
    const std::size_t last = std::size_t{1} << (1 + random() % 8);
    for (std::size_t sum = last; sum < entries; ++sum) {
      c.table[sum] = c.table[last - 1];
    }
  }
  for (std::uint32_t plane = 0; plane < planes; ++plane) {
    c.weights.push_back(static_cast<std::uint8_t>(1U << plane));
  }
  for (std::uint32_t column = 0; column < columns; ++column) {
    const std::int32_t coefficients[] = {1, 1, -4, 1000};
    c.targets.push_back({static_cast<std::uint32_t>(random() % columns), coefficients[random() % 4]});
  }
  return c;
}

}  // namespace

TEST_CASE("Batches read out like naive sums on every SIMD target") {
  std::mt19937 random(11);
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    for (int trial = 0; trial < 120; ++trial) {
      const auto pick = [&](std::uint32_t most) { return 1 + static_cast<std::uint32_t>(random() % most); };
      const Case c =
          random_case(trial % 3 == 0 ? pick(300) : pick(40), pick(40), pick(4), pick(8), pick(300), random);
      INFO(hwy::TargetName(target) << ": table " << c.table.size() << ", " << c.rows << " rows, " << c.columns
                                   << " columns, " << c.cell_bits << "-bit cells, " << c.planes << " planes, "
                                   << c.count << " vectors");
      c.check();
    }
  }
}

TEST_CASE("Every sum of full columns and full inputs is looked up") {
  std::mt19937 random(12);
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    for (std::uint32_t rows = 1; rows <= 260; ++rows) {
      INFO(hwy::TargetName(target) << ": " << rows << " rows");
      Case c = random_case(rows, 2, 1, 8, 3, random);
      std::fill(c.cells.begin(), c.cells.end(), 1);
      std::fill(c.codes.begin(), c.codes.end(), 255);
      c.check();
    }
  }
}

TEST_CASE("Crossbars of the matrix unit's size read out like naive sums") {
  std::mt19937 random(14);
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    for (int trial = 0; trial < 60; ++trial) {
      const auto pick = [&](std::uint32_t least, std::uint32_t most) {
        return least + static_cast<std::uint32_t>(random() % (most - least + 1));
      };
      Case c = random_case(pick(CellPlanes::kFewestMatrixRows, CellPlanes::kMatrixRows), pick(40, 110),
                           pick(1, 3), pick(1, 8), pick(1, 300), random);
      for (auto& cell :
           c.cells) {  // some columns of larger sums than the matrix unit's, most of smaller ones
        cell = random() % 4 == 0 || (c.cell_bits == 1 && random() % 3 != 0) ? cell : 0;
      }
      for (std::uint32_t row = 0; row < c.rows && c.cell_bits == 1; ++row) {
        c.cells[row * c.columns + 1] = 1;
      }
      INFO(hwy::TargetName(target) << ": " << c.rows << " rows, " << c.columns << " columns, " << c.cell_bits
                                   << "-bit cells, " << c.planes << " planes, " << c.count << " vectors");
      const CellPlanes planes_of(c.cells, c.rows, c.columns, c.cell_bits);
      REQUIRE(planes_of.matrix_columns() >= 32);
      REQUIRE(planes_of.max_sum() < 256);  // looked up in registers
      c.check();
    }
  }
}

TEST_CASE("The matrix unit's largest sums are read out, one more goes to the counters") {
  std::mt19937 random(15);
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    for (const std::uint32_t rows : {127U, 128U}) {
      Case c = random_case(rows, 64, 1, 8, 130, random);
      std::fill(c.cells.begin(), c.cells.end(), 1);
      std::fill(c.codes.begin(), c.codes.end(), 255);
      INFO(hwy::TargetName(target) << ": " << rows << " rows");
      REQUIRE(CellPlanes(c.cells, rows, 64, 1).matrix_columns() == (rows == 127 ? 64 : 0));
      c.check();
    }
  }
}

TEST_CASE("Only whole groups of columns of the matrix unit's size go there") {
  const auto matrix_columns = [](std::uint32_t rows, std::uint32_t columns) {
    return CellPlanes(std::vector<std::uint8_t>(std::size_t{rows} * columns, 0), rows, columns, 1)
        .matrix_columns();
  };
  REQUIRE(matrix_columns(128, 31) == 0);
  REQUIRE(matrix_columns(128, 32) == 32);
  REQUIRE(matrix_columns(128, 100) == 96);
  REQUIRE(matrix_columns(129, 32) == 0);
  REQUIRE(matrix_columns(CellPlanes::kFewestMatrixRows, 32) == 32);
  REQUIRE(matrix_columns(CellPlanes::kFewestMatrixRows - 1, 32) == 0);
}

TEST_CASE("Zero inputs read the table's first entry") {
  std::mt19937 random(13);
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    Case c = random_case(128, 5, 2, 6, 130, random);
    std::fill(c.codes.begin(), c.codes.end(), 0);
    c.check();
  }
}

TEST_CASE("The dispatcher takes the best instruction set unless told otherwise") {
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    REQUIRE(std::strcmp(simd_target(), hwy::TargetName(target)) == 0);
  }
  REQUIRE(std::strcmp(simd_target(), hwy::TargetName(test::simd_targets().front())) == 0);
}

}  // namespace sumline::batch_readout_test
