// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <oneapi/tbb/global_control.h>

#include "arch/functional_engine.hpp"
#include "configs/accelerator_loader.hpp"
#include "tests/support/workloads.hpp"

namespace sumline {
namespace {

/// One thread; items are images.
void evaluate(benchmark::State& state, const char* preset, std::uint32_t adc_bits, Skipping skipping) {
  const oneapi::tbb::global_control one_thread(oneapi::tbb::global_control::max_allowed_parallelism, 1);
  const Workload workload = test::lenet_workload(2000);
  Accelerator accelerator = load_accelerator(preset);
  accelerator.adc.bits = adc_bits;
  accelerator.ou.skipping = skipping;
  const Mapping mapping = map_network(workload, accelerator);
  std::uint64_t saturated = 0;
  for (auto iteration : state) {
    const EngineOutput output = run_functional_engine(workload, accelerator, mapping, 0, workload.images());
    saturated = 0;
    for (const std::uint64_t layer : output.saturated) {
      saturated += layer;
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(workload.images()));
  state.counters["saturated/image"] = static_cast<double>(saturated) / static_cast<double>(workload.images());
}

BENCHMARK_CAPTURE(evaluate, redpim_lossless, "redpim", 6, Skipping::none)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(evaluate, redpim_zero_groups, "redpim", 6, Skipping::zero_groups)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(evaluate, redpim_5_bit, "redpim", 5, Skipping::none)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(evaluate, redpim_4_bit, "redpim", 4, Skipping::none)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(evaluate, redpim_3_bit, "redpim", 3, Skipping::none)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(evaluate, isaac_lossless, "isaac", 8, Skipping::none)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(evaluate, isaac_5_bit, "isaac", 5, Skipping::none)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sumline

BENCHMARK_MAIN();
