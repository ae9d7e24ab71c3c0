// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/kernel_timing.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

#include "components/model/integer_matrix.hpp"

namespace sumline::bench {
namespace {

double seconds(const auto& work, int repetitions) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < repetitions; ++i) {
    work();
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Median of 15 measurements of at least 20 ms each, per call of `work`.
double median_seconds(const auto& work) {
  int repetitions = 1;
  while (seconds(work, repetitions) < 0.02) {
    repetitions *= 2;
  }
  std::vector<double> times(15);
  for (double& time : times) {
    time = seconds(work, repetitions) / repetitions;
  }
  std::nth_element(times.begin(), times.begin() + 7, times.end());
  return times[7];
}

std::vector<std::uint8_t> random_bytes(std::size_t size, std::uint32_t below) {
  std::mt19937 random(1);
  std::vector<std::uint8_t> bytes(size);
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(random() % below);
  }
  return bytes;
}

}  // namespace

double integer_product_rate(std::size_t count, std::size_t depth, std::size_t rows) {
  const auto codes = random_bytes(count * depth, 256);
  const auto bytes = random_bytes(rows * depth, 256);
  const IntegerMatrix weights(std::vector<std::int16_t>(bytes.begin(), bytes.end()), rows, depth);
  std::vector<std::int32_t> products(count * rows);
  return static_cast<double>(count * depth * rows) /
         median_seconds([&] { multiply(weights, codes, count, products); });
}

}  // namespace sumline::bench
