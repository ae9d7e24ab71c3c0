// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <optional>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/print_results.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "components/model/readout.hpp"
#include "configs/accelerator_loader.hpp"
#include "configs/presets.hpp"
#include "energy/error.hpp"
#include "nn/nn.hpp"
#include "traces/atomic_file.hpp"
#include "traces/workload_file.hpp"

namespace sumline::cli {
namespace {

constexpr const char* kDemoRecipe = "lenet5-digits";
constexpr std::uint64_t kDemoTestImages = 2000;
/// The presets whose arrays take a network of unsigned activations and mid-rise weights.
constexpr std::array kDemoAccelerators{"isaac", "redpim", "redpim-ou9x8"};

std::string run_directory(const TrainOptions& options) {
  return options.directory.empty() ? "runs/" + std::filesystem::path(options.recipe).stem().string()
                                   : options.directory;
}

Recipe recipe_of(const TrainOptions& options) {
  std::vector<TomlOverride> overrides = parse_overrides(options.overrides);
  if (options.seed_given) {
    overrides.push_back({"seed", std::to_string(options.common.seed)});
  }
  if (options.common.threads > 0) {
    overrides.push_back({"threads", std::to_string(options.common.threads)});
  }
  return load_recipe(options.recipe, overrides);
}

/// Trains with a progress bar and a line per epoch. @return false where Ctrl-C stopped it
bool train_and_show(const Recipe& recipe, const std::string& directory, bool resume, bool quiet) {
  sumline::TrainOptions options;
  options.run = directory;
  options.resume = resume;
  options.stop = &interrupted();
  std::optional<ProgressBar> bar;  // the number of batches is known with the first one
  std::uint32_t epochs = 0;
  options.on_stage = [&](const StageConfig& stage) {
    bar.reset();
    if (!quiet) {
      fmt::print("stage {}\n", stage.name);
    }
  };
  options.on_batch = [&](const BatchProgress& progress) {
    epochs = progress.epochs;
    if (!bar) {
      bar.emplace("training", progress.epochs * progress.batches, quiet);
    }
    bar->update((progress.epoch - 1) * progress.batches + progress.batch,
                fmt::format("epoch {}/{}  loss {:.4f}", progress.epoch, progress.epochs, progress.loss));
  };
  options.on_epoch = [&](const EpochMetrics& metrics) {
    if (!quiet) {
      bar->clear();
      fmt::print("epoch {:>3}/{}  loss {:.4f}  train {}  test {}  {:.1f} s\n", metrics.epoch, epochs,
                 metrics.train_loss, percent(metrics.train_accuracy), percent(metrics.test_accuracy),
                 metrics.seconds);
      std::fflush(stdout);
    }
  };
  const TrainResult result = sumline::train(recipe, options);
  return !result.stopped;
}

[[noreturn]] void report_stop(const std::string& directory) {
  throw Error("stopped; everything up to the last batch is saved in " + directory +
              ": run the command again with --resume to continue");
}

void train(const TrainOptions& options) {
  const Recipe recipe = recipe_of(options);
  const std::string directory = run_directory(options);
  if (!train_and_show(recipe, directory, options.resume, options.common.quiet)) {
    report_stop(directory);
  }
  const std::filesystem::path results = std::filesystem::path(directory) / "results.json";
  if (!options.common.json.empty()) {
    write_file(options.common.json, read_file(results));
  }
  if (!options.common.quiet) {
    fmt::print(
        "\n{} holds config.toml, checkpoint.pt, metrics.jsonl and results.json. Next:\n  sumline evaluate {} "
        "-a redpim\n",
        directory, directory);
  }
}

Workload lower_source(const LowerOptions& options) {
  if (options.weights.empty() != options.recipe.empty() || options.run.empty() == options.weights.empty()) {
    throw Error("lower: give either a run directory, or --weights and --recipe together");
  }
  if (!options.run.empty()) {
    return sumline::lower(load_run(options.run), options.images);
  }
  const Recipe recipe = load_recipe(options.recipe, parse_overrides(options.overrides));
  return sumline::lower(WeightsFile{.network = options.network.empty() ? recipe.network : options.network,
                                    .bits = options.bits.empty() ? recipe.bits : options.bits,
                                    .path = options.weights,
                                    .data = recipe.data},
                        options.images);
}

/// A network or a recipe: loading it checks it.
void check_training_file(const CheckOptions& options) {
  const bool network = kind_of(options.file) == ConfigKind::network;
  if (network) {
    load_network(options.file);
  } else {
    const Recipe recipe = load_recipe(options.file);
    assign_bits(load_network(recipe.network), recipe.bits);
  }
  if (!options.common.quiet) {
    fmt::print("{}: a valid {}\n", options.file, network ? "network" : "recipe");
  }
}

void lower(const LowerOptions& options) {
  const Workload workload = lower_source(options);
  write_workload(workload, options.output);
  if (!options.common.quiet) {
    fmt::print("{}: {} with {} images\n", options.output, workload.network, grouped(workload.images()));
  }
}

EvaluateOptions demo_run(const DemoOptions& demo, const std::string& accelerator, std::uint64_t images) {
  EvaluateOptions options{
      .common = demo.common, .source = demo.directory, .accelerator = accelerator, .images = images};
  options.common.json.clear();
  options.common.quiet = true;
  return options;
}

void demo(const DemoOptions& options) {
  const bool quiet = options.common.quiet;
  const Recipe recipe = load_recipe(kDemoRecipe);
  if (!quiet) {
    fmt::print("Training LeNet-5 (activation bits {}) on generated digits\n", recipe.bits);
  }
  const bool resume = std::filesystem::exists(std::filesystem::path(options.directory) / "resume.pt");
  if (!train_and_show(recipe, options.directory, resume, quiet)) {
    throw Error("stopped; run the demo again to continue where it was");
  }
  const Workload workload = sumline::lower(load_run(options.directory), kDemoTestImages);
  std::vector<Results> evaluated;
  std::vector<Results> simulated;
  for (const char* accelerator : kDemoAccelerators) {
    evaluated.push_back(evaluate(workload, demo_run(options, accelerator, kDemoTestImages)));
    simulated.push_back(
        simulate(workload, {demo_run(options, accelerator, kSimulatedImages), Fidelity::job, {}}));
  }
  if (!options.common.json.empty()) {
    write_file(options.common.json, to_json(simulated));
  }
  if (!quiet) {
    fmt::print(
        "\n{} test digits on each chip; energy and time per image from {} images simulated event by "
        "event\n{}\n"
        "Next: sumline simulate {} -a redpim\n",
        grouped(kDemoTestImages), kSimulatedImages, comparison_text(evaluated, simulated), options.directory);
  }
}

/// How nn/ forms the products of this chip.
Arithmetic arithmetic_of(const Accelerator& accelerator) {
  const auto& approximation = accelerator.approximation;
  if (!approximation) return {.mode = ArithmeticMode::inference};
  if (approximation->segments) {
    throw Error(
        "--recalibrate: approximation.segments = true: batch norms are measured with whole windows only");
  }
  Arithmetic arithmetic{.mode = ArithmeticMode::simulation, .operand = approximation->operand};
  if (approximation->dynamic) arithmetic.thresholds = approximation->thresholds;
  return arithmetic;
}

/// A run on the accelerator that the command names: with its converter, and its products where batch norms are
/// measured anew.
Workload lower_for_chip(const EvaluateOptions& options, std::uint64_t images) {
  const Accelerator accelerator = load_accelerator(options.accelerator, parse_overrides(options.overrides));
  std::optional<Recalibration> recalibration;
  if (options.recalibrate > 0) recalibration = {arithmetic_of(accelerator), options.recalibrate};
  return sumline::lower(load_run(options.source), images, conversion_of(accelerator.adc), recalibration);
}

std::uint64_t simulated(const EvaluateOptions& options) {
  return options.images == 0 ? kSimulatedImages : options.images;
}

/// One overload per command, so that a new command does not compile until it is handled.
struct RunTrainingSide {
  void operator()(const DemoOptions& options) const { demo(options); }
  void operator()(const TrainOptions& options) const { train(options); }
  void operator()(const LowerOptions& options) const { lower(options); }
  void operator()(const EvaluateOptions& options) const {
    evaluate(lower_for_chip(options, options.images), options);
  }
  void operator()(const SimulateOptions& options) const {
    simulate(lower_for_chip(options.evaluate, simulated(options.evaluate)), options);
  }
  void operator()(const AdcProfileOptions& options) const {
    adc_profile(lower_for_chip(options.evaluate, simulated(options.evaluate)), options);
  }
  void operator()(const CheckOptions& options) const { check_training_file(options); }
  void operator()(const PacAccuracyOptions& options) const { pac_accuracy(options); }
  void operator()(const PacErrorOptions&) const { SUMLINE_ASSERT(false, "a command of the simulation side"); }
};

}  // namespace

int run_training_side(const Command& command, char** /*argv*/) {
  std::visit(RunTrainingSide{}, command);
  return 0;
}

}  // namespace sumline::cli
