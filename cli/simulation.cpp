// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "arch/activity.hpp"
#include "arch/functional_engine.hpp"
#include "arch/trace_files.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/print_results.hpp"
#include "cli/progress.hpp"
#include "cli/version.hpp"
#include "configs/accelerator_loader.hpp"
#include "configs/peak.hpp"
#include "configs/presets.hpp"
#include "energy/error.hpp"
#include "traces/activity.hpp"
#include "traces/atomic_file.hpp"
#include "traces/sha256.hpp"
#include "traces/workload_digest.hpp"

namespace sumline::cli {
namespace {

/// What both engines need: the chip, where the network stands on it, and where the numbers came from.
struct Setup {
  Accelerator accelerator;
  Mapping mapping;
  std::uint64_t images;
  Provenance provenance;
};

Setup set_up(const Workload& workload, const EvaluateOptions& options, std::uint64_t default_images) {
  const TomlDocument document =
      open_config("accelerators", options.accelerator, parse_overrides(options.overrides));
  const Accelerator accelerator = read_accelerator(document);
  const std::uint64_t images = options.images == 0 ? default_images : options.images;
  if (images > workload.images()) {
    throw Error(fmt::format("--images {}: the workload holds {} images: ask for at most that many", images,
                            workload.images()));
  }
  return {accelerator,
          map_network(workload, accelerator),
          images,
          {sha256(document.text()), content_sha256(workload), kVersion, options.common.seed}};
}

void publish(const Results& results, const CommonOptions& options) {
  if (!options.json.empty()) {
    write_file(options.json, to_json(results));
  }
  if (!options.quiet) {
    fmt::print("{}", results_text(results));
  }
}

Progress progress_of(ProgressBar& bar) {
  return [&bar](std::uint64_t done) {
    bar.update(done);
    return !interrupted();
  };
}

}  // namespace

Results evaluate(const Workload& workload, const EvaluateOptions& options) {
  const Setup setup = set_up(workload, options, workload.images());
  const std::size_t threads =
      options.common.threads > 0 ? options.common.threads : std::thread::hardware_concurrency();
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  EngineOutput output = [&] {
    ProgressBar bar("images", setup.images, options.common.quiet);
    return run_functional_engine(workload, setup.accelerator, setup.mapping, 0, setup.images,
                                 progress_of(bar));
  }();
  Results results = make_results(workload, setup.accelerator, setup.mapping, output, nullptr, "functional",
                                 setup.provenance);
  publish(results, options.common);
  return results;
}

Results simulate(const Workload& workload, const SimulateOptions& options) {
  const EvaluateOptions& common = options.evaluate;
  const Setup setup = set_up(workload, common, std::min(kSimulatedImages, std::uint64_t{workload.images()}));
  TraceFiles traces(options.traces.timeline, options.traces.events);
  const EventOutput run = [&] {
    ProgressBar bar("images", setup.images, common.common.quiet);
    return run_event_engine(workload, setup.accelerator, setup.mapping, options.fidelity, 0, setup.images,
                            traces.wanted() ? &traces : nullptr, progress_of(bar));
  }();
  traces.commit();
  if (!options.traces.activity.empty()) {
    write_activity(measure_activity(workload, setup.accelerator, setup.mapping, 0, setup.images),
                   options.traces.activity);
  }
  Results results =
      make_results(workload, setup.accelerator, setup.mapping, run.output, &run,
                   options.fidelity == Fidelity::job ? "event (job)" : "event (cycle)", setup.provenance);
  publish(results, common.common);
  return results;
}

}  // namespace sumline::cli
