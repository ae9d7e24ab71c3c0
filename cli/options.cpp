// SPDX-License-Identifier: Apache-2.0
#include "cli/options.hpp"

#include <CLI/CLI.hpp>
#include <map>

#include "cli/version.hpp"

namespace sumline::cli {
namespace {

constexpr const char* kDescription =
    "Sumline trains networks for compute-in-memory accelerators and simulates them: exact output bits, the "
    "cycle timeline "
    "and the energy counted from those same bits.";

constexpr const char* kFooter =
    "First steps:\n"
    "  sumline demo                                          train on built-in digits, compare three chips\n"
    "  sumline train lenet5-mnist --set data.path=DIR        train on real MNIST (IDX files in DIR)\n"
    "  sumline simulate runs/lenet5-mnist -a redpim          run the trained network on a chip, event by "
    "event\n"
    "Exit codes: 0 success, 1 wrong input, 2 wrong usage, 3 a fault of the program.";

void add_common(CLI::App& app, CommonOptions& options) {
  app.add_option("--json", options.json, "Write the results as JSON to FILE")->type_name("FILE");
  app.add_option("--threads", options.threads,
                 "Threads; the results do not depend on it (default: all cores)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  app.add_option("--seed", options.seed, "Seed of every random number")
      ->capture_default_str()
      ->type_name("N");
  app.add_flag("--quiet", options.quiet, "No progress and no tables");
}

void add_accelerator(CLI::App& app, EvaluateOptions& options, const char* images_help) {
  app.add_option("source", options.source,
                 "A run directory of `sumline train`, or a workload file of `sumline lower`")
      ->required()
      ->type_name("RUN|FILE.h5");
  app.add_option(
         "-a,--accelerator", options.accelerator,
         "A preset (isaac, redpim, sa-cim, pacim, ...: a wrong name lists them) or the path of a description")
      ->required()
      ->type_name("NAME|FILE.toml");
  app.add_option("--set", options.overrides, "Override a key of the accelerator, e.g. --set adc.bits=5")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--images", options.images, images_help)->check(CLI::PositiveNumber)->type_name("N");
  app.add_option(
         "--recalibrate", options.recalibrate,
         "Of a bit-wise RUN: measure its batch norms anew on N training images, with this chip's products")
      ->check(CLI::PositiveNumber)
      ->type_name("N");
  add_common(app, options.common);
}

/// The subcommands and the options they fill.
struct Parser {
  CLI::App app{kDescription, "sumline"};
  DemoOptions demo;
  TrainOptions train;
  LowerOptions lower;
  EvaluateOptions evaluate;
  SimulateOptions simulate;
  CheckOptions check;
  PacErrorOptions pac_error;
  PacAccuracyOptions pac_accuracy;
  AdcProfileOptions adc_profile;

  Parser() {
    app.footer(kFooter);
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("sumline ") + kVersion);
    add_demo(
        *app.add_subcommand("demo", "Train LeNet-5 on built-in digits, run it on three chips, compare them"));
    add_train(*app.add_subcommand("train", "Train a network as a recipe says"));
    add_lower(*app.add_subcommand("lower", "Write a trained network and images as a workload file"));
    add_accelerator(
        *app.add_subcommand("evaluate", "Accuracy and counts on a chip, whole layers at once, no time"),
        evaluate, "Images to run (default: all)");
    add_simulate(*app.add_subcommand("simulate", "Bits, time and energy on a chip, event by event"));
    CLI::App& check_app = *app.add_subcommand("check", "Validate an accelerator, network or recipe file");
    check_app.add_option("file", check.file, "Preset name or path")->required()->type_name("NAME|FILE.toml");
    add_common(check_app, check.common);
    add_adc_profile(*app.add_subcommand(
        "adc-profile",
        "How well a chip's converters fit the sums of a network: clipping, quantisation, range"));
    add_pac_error(*app.add_subcommand(
        "pac-error", "Error of probabilistic approximate products, measured beside the exact prediction"));
    add_pac_accuracy(*app.add_subcommand(
        "pac-accuracy", "Accuracy of a trained bit-wise network with exact and approximate products"));
  }

  void add_demo(CLI::App& sub) {
    sub.add_option("--out", demo.directory, "Run directory")->capture_default_str()->type_name("DIR");
    add_common(sub, demo.common);
  }

  void add_train(CLI::App& sub) {
    sub.add_option("recipe", train.recipe, "A preset (lenet5-digits, lenet5-mnist) or the path of a recipe")
        ->required()
        ->type_name("NAME|FILE.toml");
    sub.add_option("--out", train.directory, "Run directory (default: runs/RECIPE)")->type_name("DIR");
    sub.add_flag("--resume", train.resume,
                 "Continue the run in --out from its last checkpoint, to the same bits");
    sub.add_option("--set", train.overrides, "Override a key of the recipe, e.g. --set epochs=5")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    add_common(sub, train.common);
  }

  void add_lower(CLI::App& sub) {
    sub.add_option("run", lower.run, "A run directory; or give --weights and --recipe")->type_name("RUN");
    sub.add_option("--weights", lower.weights, "Plain dict of tensors saved by Python's torch.save")
        ->type_name("FILE.pt");
    sub.add_option("--recipe", lower.recipe, "With --weights: names the images, the network and its bits")
        ->type_name("NAME|FILE.toml");
    sub.add_option("--network", lower.network, "With --weights: another network than the recipe's")
        ->type_name("NAME|FILE.toml");
    sub.add_option("--bits", lower.bits,
                   "With --weights: other activation bits, one digit per quantised layer")
        ->type_name("DIGITS");
    sub.add_option("--set", lower.overrides, "Override a key of the recipe, e.g. --set data.path=DIR")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    sub.add_option("--images", lower.images, "Test images to include (default: all)")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    sub.add_option("-o,--output", lower.output, "Workload file to write")->required()->type_name("FILE.h5");
    add_common(sub, lower.common);
  }

  void add_pac_error(CLI::App& sub) {
    sub.add_option("--lengths", pac_error.lengths, "Vector lengths")->capture_default_str()->delimiter(',');
    sub.add_option("--operands", pac_error.operands, "Exact most significant bits of both sides")
        ->capture_default_str()
        ->delimiter(',');
    sub.add_option("--weight-densities", pac_error.weight_densities,
                   "Shares of ones in the weights' bit-planes")
        ->capture_default_str()
        ->delimiter(',');
    sub.add_option("--activation-densities", pac_error.activation_densities,
                   "Shares of ones in the activations' bit-planes")
        ->capture_default_str()
        ->delimiter(',');
    sub.add_option("--weight-bits", pac_error.weight_bits)->capture_default_str()->type_name("N");
    sub.add_option("--activation-bits", pac_error.activation_bits)->capture_default_str()->type_name("N");
    sub.add_option("--vectors", pac_error.vectors, "Random vectors of each side; all pairs are measured")
        ->capture_default_str()
        ->check(CLI::Range(2, 4096))
        ->type_name("N");
    sub.add_option("--csv", pac_error.csv, "Write the points to FILE")->type_name("FILE");
    add_common(sub, pac_error.common);
  }

  void add_pac_accuracy(CLI::App& sub) {
    sub.add_option("run", pac_accuracy.run, "A run directory of `sumline train`, or of a stage below it")
        ->required()
        ->type_name("RUN");
    sub.add_option("--operands", pac_accuracy.operands, "Exact most significant bits of both sides")
        ->capture_default_str()
        ->delimiter(',');
    sub.add_option("--thresholds", pac_accuracy.thresholds,
                   "Also operand 4 with dynamic configuration at these thresholds; the original's are "
                   "7000,10000,13000")
        ->expected(3)
        ->delimiter(',');
    sub.add_option("--images", pac_accuracy.images, "Test images to run (default: all)")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    sub.add_option("--batch", pac_accuracy.batch, "Images whose activations are quantised together")
        ->capture_default_str()
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    sub.add_option("--recalibrate", pac_accuracy.recalibrate,
                   "Measure the batch norms anew on N training images, with the products of each row")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    sub.add_option("--compat", pac_accuracy.reference, "reference: with the original's quirks")
        ->transform(
            CLI::CheckedTransformer(std::map<std::string, bool>{{"correct", false}, {"reference", true}}))
        ->type_name("correct|reference");
    add_common(sub, pac_accuracy.common);
  }

  void add_adc_profile(CLI::App& sub) {
    add_accelerator(sub, adc_profile.evaluate, "Images to run (default: 16)");
    sub.add_option("--csv", adc_profile.csv, "Write the table to FILE, one line per layer")
        ->type_name("FILE");
    sub.add_option("--histogram", adc_profile.histogram, "Write how often each sum came out, to plot")
        ->type_name("FILE");
  }

  void add_simulate(CLI::App& sub) {
    add_accelerator(sub, simulate.evaluate, "Images to run (default: 16)");
    sub.add_option("--fidelity", simulate.fidelity,
                   "job: one event per bank and input vector; cycle: one per OU read")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, Fidelity>{{"job", Fidelity::job}, {"cycle", Fidelity::cycle}}))
        ->type_name("job|cycle");
    sub.add_option_function<std::vector<std::string>>(
           "--trace",
           [this](const std::vector<std::string>& texts) {
             for (const std::string& text : texts) {
               add_trace(text);
             }
           },
           "Write timeline=FILE.json (opens in Perfetto), events=FILE.csv or activity=FILE.h5; may be "
           "repeated")
        ->type_name("KIND=FILE")
        ->allow_extra_args(false);
  }

  /// "KIND=FILE" into the option of that kind.
  void add_trace(const std::string& text) {
    const std::size_t equals = text.find('=');
    const std::map<std::string, std::string*> files{{"timeline", &simulate.traces.timeline},
                                                    {"events", &simulate.traces.events},
                                                    {"activity", &simulate.traces.activity}};
    const auto file = files.find(text.substr(0, equals));
    if (equals == std::string::npos || equals + 1 == text.size() || file == files.end()) {
      throw CLI::ValidationError("--trace",
                                 "\"" + text + "\": must be timeline=FILE, events=FILE or activity=FILE");
    }
    *file->second = text.substr(equals + 1);
  }

  Command command() const {
    if (app.got_subcommand("demo")) return demo;
    if (app.got_subcommand("train")) return train;
    if (app.got_subcommand("lower")) return lower;
    if (app.got_subcommand("evaluate")) return evaluate;
    if (app.got_subcommand("simulate")) return simulate;
    if (app.got_subcommand("pac-error")) return pac_error;
    if (app.got_subcommand("pac-accuracy")) return pac_accuracy;
    if (app.got_subcommand("adc-profile")) return adc_profile;
    return check;
  }
};

}  // namespace

const CommonOptions& common(const Command& command) {
  return std::visit(
      [](const auto& options) -> const CommonOptions& {
        if constexpr (requires { options.evaluate; }) {
          return options.evaluate.common;
        } else {
          return options.common;
        }
      },
      command);
}

bool parse(int argc, char** argv, Command& command, int& exit_code) {
  Parser parser;
  try {
    parser.app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    constexpr int kUsage = 2;
    exit_code = parser.app.exit(error) == 0 ? 0 : kUsage;
    return false;
  }
  parser.train.seed_given = parser.app.get_subcommand("train")->count("--seed") > 0;
  command = parser.command();
  return true;
}

std::vector<TomlOverride> parse_overrides(const std::vector<std::string>& texts) {
  std::vector<TomlOverride> overrides;
  for (const std::string& text : texts) {
    overrides.push_back(parse_override(text));
  }
  return overrides;
}

}  // namespace sumline::cli
