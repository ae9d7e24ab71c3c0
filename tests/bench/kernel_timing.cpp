// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/kernel_timing.hpp"

#include <algorithm>
#include <ctime>
#include <random>
#include <vector>

#include "components/model/array_model.hpp"
#include "components/model/batch_readout.hpp"
#include "components/model/integer_matrix.hpp"
#include "configs/accelerator_loader.hpp"

namespace sumline::bench {
namespace {

/// Processor time, which other work on the machine does not stretch.
double seconds(const auto& work, int repetitions) {
  const std::clock_t begin = std::clock();
  for (int i = 0; i < repetitions; ++i) {
    work();
  }
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

/// 15 measurements of at least 20 ms each, per call of `work`, ascending.
std::vector<double> sorted_seconds(const auto& work) {
  int repetitions = 1;
  while (seconds(work, repetitions) < 0.02) {
    repetitions *= 2;
  }
  std::vector<double> times(15);
  for (double& time : times) {
    time = seconds(work, repetitions) / repetitions;
  }
  std::ranges::sort(times);
  return times;
}

double median_seconds(const auto& work) {
  return sorted_seconds(work)[7];
}

std::vector<std::uint8_t> random_bytes(std::size_t size, std::uint32_t below) {
  std::mt19937 random(1);
  std::vector<std::uint8_t> bytes(size);
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(random() % below);
  }
  return bytes;
}

/// Random operands of one read-out.
struct Operands {
  KernelShape shape;
  std::vector<std::uint8_t> cells, codes, weights;
  std::vector<BitlineTarget> targets;

  explicit Operands(const KernelShape& of)
      : shape(of),
        cells(random_bytes(std::size_t{of.rows} * of.columns, 1U << of.cell_bits)),
        codes(random_bytes(of.vectors * of.rows, 256)) {
    for (std::uint32_t plane = 0; plane < of.planes; ++plane) {
      weights.push_back(static_cast<std::uint8_t>(1U << plane));
    }
    for (std::uint32_t column = 0; column < of.columns; ++column) {
      targets.push_back({column, 1});
    }
  }

  double conversions() const {
    return static_cast<double>(shape.columns) * shape.planes * static_cast<double>(shape.vectors);
  }
};

std::int32_t plain_read_out(const Operands& operands, const std::vector<std::int32_t>& table,
                            std::size_t vector, std::uint32_t column) {
  std::int32_t accumulator = 0;
  for (std::uint32_t plane = 0; plane < operands.shape.planes; ++plane) {
    std::uint32_t sum = 0;
    for (std::uint32_t row = 0; row < operands.shape.rows; ++row) {
      const std::uint32_t code = operands.codes[vector * operands.shape.rows + row];
      sum += operands.cells[row * operands.shape.columns + column] * (code >> plane & 1);
    }
    accumulator += table[sum] * operands.weights[plane];
  }
  return accumulator;
}

}  // namespace

std::vector<std::int32_t> saturating_table(const KernelShape& shape, std::uint32_t bits) {
  std::vector<std::int32_t> table(shape.rows * ((1U << shape.cell_bits) - 1) + 1);
  for (std::size_t sum = 0; sum < table.size(); ++sum) {
    table[sum] = std::min(static_cast<std::int32_t>(sum), (1 << bits) - 1);
  }
  return table;
}

Rate batch_read_out_rate(const KernelShape& shape, const std::vector<std::int32_t>& table) {
  const Operands operands(shape);
  const CellPlanes cells(operands.cells, shape.rows, shape.columns, shape.cell_bits);
  const InputBatch inputs(operands.codes, shape.vectors, shape.rows, shape.planes);
  const ReadoutTable prepared(table);
  BatchAccumulators accumulators(inputs, shape.columns);
  const std::vector<double> times = sorted_seconds([&] {
    read_out(cells, inputs, 0, prepared, operands.weights, operands.targets, accumulators, shape.matrix_unit);
  });
  return {operands.conversions() / times[times.size() / 2], operands.conversions() / times.front()};
}

double plain_read_out_rate(const KernelShape& shape, const std::vector<std::int32_t>& table) {
  const Operands operands(shape);
  std::vector<std::int32_t> accumulators(shape.columns * shape.vectors);
  return operands.conversions() / median_seconds([&] {
           for (std::size_t vector = 0; vector < shape.vectors; ++vector) {
             for (std::uint32_t column = 0; column < shape.columns; ++column) {
               accumulators[column * shape.vectors + vector] +=
                   plain_read_out(operands, table, vector, column);
             }
           }
         });
}

double ou_read_rate() {
  const auto weights = random_bytes(32 * 128, 256);
  const WeightSlicing slicing(WeightMapping::offset, {Encoding::mid_rise, 8}, 2);  // 4 bitlines per output
  const ArrayModel array(load_accelerator("redpim"), {{0, 128}, 0, 128}, weights, 128, slicing,
                         {{Encoding::unsigned_binary, 1}, 1});
  BitPlanes planes;
  planes.assign(random_bytes(128, 2), 1);
  std::vector<std::int32_t> sums(16);
  std::array<DrivenWordline, 16> driven;
  return 64 / median_seconds([&] {
           for (std::uint32_t unit = 0; unit < 64; ++unit) {
             const RowRange group{unit / 8 * 16, unit / 8 * 16 + 16};
             array.ou_sums(std::span(driven).first(array.drive(planes, 0, group, driven)), unit % 8 * 16,
                           sums);
           }
         });
}

double slicing_rate(const KernelShape& shape) {
  const Operands operands(shape);
  return static_cast<double>(operands.codes.size()) / median_seconds([&] {
           const InputBatch inputs(operands.codes, shape.vectors, shape.rows, shape.planes);
           return inputs.group(0, 0)[0];
         });
}

double integer_product_rate(std::size_t count, std::size_t depth, std::size_t rows) {
  const auto codes = random_bytes(count * depth, 256);
  const auto bytes = random_bytes(rows * depth, 256);
  const IntegerMatrix weights(std::vector<std::int16_t>(bytes.begin(), bytes.end()), rows, depth);
  std::vector<std::int32_t> products(count * rows);
  return static_cast<double>(count * depth * rows) /
         median_seconds([&] { multiply(weights, codes, count, products); });
}

}  // namespace sumline::bench
