// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <tuple>

#include "arch/event_engine.hpp"
#include "arch/trace_files.hpp"
#include "configs/accelerator_loader.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/workloads.hpp"
#include "traces/atomic_file.hpp"

namespace sumline::trace_test {
namespace {

struct Collected : TraceSink {
  using Interval = std::pair<std::uint64_t, std::uint64_t>;
  using Job =
      std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, std::uint32_t, std::uint64_t, std::uint64_t>;

  std::map<std::string, std::vector<Interval>> spans;
  std::vector<Job> jobs;  ///< image, layer, position, bank, start, duration
  std::uint64_t reads = 0;
  std::uint64_t conversions = 0;

  void span(const std::string& track, const std::string&, std::uint64_t start,
            std::uint64_t duration) override {
    spans[track].emplace_back(start, duration);
  }
  void job(const JobEvent& event) override {
    jobs.emplace_back(event.image, event.layer, event.position, event.bank, event.start, event.duration);
    reads += event.ou_reads;
    conversions += event.adc_conversions;
  }
};

EventOutput run_small_network(Fidelity fidelity, TraceSink& sink) {
  const Workload workload = test::small_network(3);
  const Accelerator accelerator = load_accelerator("redpim");
  return run_event_engine(workload, accelerator, map_network(workload, accelerator), fidelity, 0, 3, &sink);
}

}  // namespace

TEST_CASE("trace: the jobs are those of the run, the same at both fidelities") {
  Collected by_job;
  Collected by_cycle;
  const EventOutput run = run_small_network(Fidelity::job, by_job);
  run_small_network(Fidelity::cycle, by_cycle);
  CHECK(by_job.reads == run.output.ledger.total(Action::ou_read));
  CHECK(by_job.conversions == run.output.ledger.total(Action::adc_conversion));
  std::sort(by_job.jobs.begin(), by_job.jobs.end());
  std::sort(by_cycle.jobs.begin(), by_cycle.jobs.end());
  CHECK(by_job.jobs == by_cycle.jobs);
}

TEST_CASE("trace: a bank works on one vector at a time and nothing lasts beyond the end") {
  Collected traces;
  const EventOutput run = run_small_network(Fidelity::job, traces);
  std::size_t banks = 0;
  for (auto& [track, spans] : traces.spans) {
    if (track.find("bank") == std::string::npos) {
      continue;
    }
    ++banks;
    std::sort(spans.begin(), spans.end());
    std::uint64_t free = 0;
    for (const auto& [start, duration] : spans) {
      CHECK(start >= free);
      free = start + duration;
    }
    CHECK(free <= run.end_time);
  }
  CHECK(banks > 3);
}

TEST_CASE("trace: listening changes nothing, and the files hold every job") {
  const test::TemporaryFolder folder;
  Collected ignored;
  TraceFiles files(folder.file("timeline.json"), folder.file("events.csv"));
  const EventOutput traced = run_small_network(Fidelity::job, files);
  files.commit();
  const EventOutput untraced = run_small_network(Fidelity::job, ignored);
  CHECK(traced.output == untraced.output);
  CHECK(traced.end_time == untraced.end_time);
  const std::string events = read_file(folder.file("events.csv"));
  CHECK(static_cast<std::size_t>(std::count(events.begin(), events.end(), '\n')) == ignored.jobs.size() + 1);
}

}  // namespace sumline::trace_test
