// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "tests/bench/kernel_timing.hpp"
#include "tests/support/simd_targets.hpp"

/// The rates of kernel_timing.hpp for every SIMD target of this processor, the plain loops beside them.
namespace {

using namespace sumline;
using namespace sumline::bench;

void report(benchmark::State& state, const char* unit, const auto& rate) {
  for (auto _ : state) {
    state.counters[unit] = rate() / 1e9;
  }
}

void add(const std::string& name, const char* unit, const auto& rate) {
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) { report(state, unit, rate); })
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond);
}

std::string describe(const KernelShape& shape) {
  return std::to_string(shape.rows) + 'x' + std::to_string(shape.columns) + '/' +
         std::to_string(shape.cell_bits) + "bit/" + std::to_string(shape.vectors);
}

void add_target(std::int64_t target) {
  const std::string name = hwy::TargetName(target);
  const auto add_forced = [&](const std::string& what, const char* unit, const auto& rate) {
    add(what + '/' + name, unit, [=] {
      const test::ForcedSimdTarget forced(target);
      return rate();
    });
  };
  for (const KernelShape& shape : {KernelShape{128, 128}, KernelShape{128, 512},
                                   KernelShape{.rows = 128, .columns = 512, .vectors = 1024},
                                   KernelShape{128, 24}, KernelShape{16, 480, 2}, KernelShape{9, 480, 2}}) {
    add_forced("read_out/5bit_adc/" + describe(shape), "Gconv/s",
               [=] { return batch_read_out_rate(shape, saturating_table(shape, 5)).median; });
    add_forced("read_out/8bit_adc/" + describe(shape), "Gconv/s",
               [=] { return batch_read_out_rate(shape, saturating_table(shape, 8)).median; });
    if (target == HWY_AVX3_DL) {
      KernelShape vectors_alone = shape;
      vectors_alone.matrix_unit = false;
      add_forced("read_out/5bit_adc/vector_units/" + describe(shape), "Gconv/s",
                 [=] { return batch_read_out_rate(vectors_alone, saturating_table(shape, 5)).median; });
    }
  }
  add_forced("input_batch/128", "Gcodes/s", [] { return slicing_rate(KernelShape{}); });
  for (const auto& [count, depth, rows] : {std::array<std::size_t, 3>{784, 25, 6},
                                           {100, 150, 16},
                                           {128, 400, 120},
                                           {1, 400, 120},
                                           {512, 512, 512}}) {
    add_forced("multiply/" + std::to_string(count) + 'x' + std::to_string(depth) + 'x' + std::to_string(rows),
               "GMAC/s", [=, count = count, depth = depth, rows = rows] {
                 return integer_product_rate(count, depth, rows);
               });
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (const std::int64_t target : test::simd_targets()) {
    add_target(target);
  }
  add("read_out/5bit_adc/128x128/1bit/plain_loops", "Gconv/s", [] {
    const KernelShape shape{128, 128};
    return plain_read_out_rate(shape, saturating_table(shape, 5));
  });
  add("ou_sums/16x16/2bit", "Greads/s", [] { return ou_read_rate(); });
  benchmark::RunSpecifiedBenchmarks();
}
