// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "arch/event_engine.hpp"
#include "configs/accelerator_loader.hpp"
#include "tests/support/workloads.hpp"

/// LeNet-5 with random weights on a preset: images and operation-unit reads per second of wall-clock time.
namespace sumline {
namespace {

void run(benchmark::State& state, const std::string& preset, Replication replication, Fidelity fidelity,
         std::uint32_t images) {
  const Workload workload = test::lenet_workload(images);
  Accelerator accelerator = load_accelerator(preset);
  accelerator.mapping.replication = replication;
  const Mapping mapping = map_network(workload, accelerator);
  std::uint64_t reads = 0;
  for (auto _ : state) {
    const EventOutput result = run_event_engine(workload, accelerator, mapping, fidelity, 0, images);
    reads += result.output.ledger.total(Action::ou_read);
  }
  const auto per_second = [](double count) { return benchmark::Counter(count, benchmark::Counter::kIsRate); };
  state.counters["images/s"] = per_second(static_cast<double>(state.iterations()) * images);
  state.counters["ou_reads/s"] = per_second(static_cast<double>(reads));
}

BENCHMARK_CAPTURE(run, job_redpim, "redpim", Replication::none, Fidelity::job, 100)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, job_redpim_balanced, "redpim", Replication::balance, Fidelity::job, 100)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, job_isaac_balanced, "isaac", Replication::balance, Fidelity::job, 100)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, cycle_redpim, "redpim", Replication::none, Fidelity::cycle, 20)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, cycle_redpim_balanced, "redpim", Replication::balance, Fidelity::cycle, 100)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, cycle_redpim_balanced_set_up, "redpim", Replication::balance, Fidelity::cycle, 1)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(run, cycle_redpim_ou9x8, "redpim-ou9x8", Replication::none, Fidelity::cycle, 20)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sumline

BENCHMARK_MAIN();
