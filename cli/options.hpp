// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "arch/event_engine.hpp"
#include "configs/toml_value.hpp"

/// What the user asked for, parsed and nothing more.
namespace sumline::cli {

struct CommonOptions {
  std::string json;           ///< results.json to write, empty: none
  std::uint32_t threads = 0;  ///< 0: all cores
  std::uint64_t seed = 1;
  bool quiet = false;
};

struct DemoOptions {
  CommonOptions common;
  std::string directory = "runs/demo";
};

struct TrainOptions {
  CommonOptions common;
  std::string recipe;     ///< preset name or path
  std::string directory;  ///< empty: runs/<recipe>
  bool resume = false;
  std::vector<std::string> overrides;  ///< key=value
  bool seed_given = false;
};

struct LowerOptions {
  CommonOptions common;
  std::string run;      ///< run directory; or `weights` with `recipe`
  std::string network;  ///< with `weights`: instead of the recipe's
  std::string weights;
  std::string bits;    ///< with `weights`: instead of the recipe's
  std::string recipe;  ///< with `weights`: names the images, and network and bits unless given
  std::vector<std::string> overrides;  ///< of the recipe, key=value
  std::uint64_t images = 0;            ///< 0: all
  std::string output;
};

struct EvaluateOptions {
  CommonOptions common;
  std::string source;  ///< run directory or workload file
  std::string accelerator;
  std::vector<std::string> overrides{};  ///< of the accelerator, key=value
  std::uint64_t images = 0;              ///< 0: the command's default
  std::uint64_t recalibrate = 0;         ///< training images for the batch norms of a run; 0: they stay
};

/// Files to write, empty: none.
struct TraceOptions {
  std::string timeline;
  std::string events;
  std::string activity;
};

struct SimulateOptions {
  EvaluateOptions evaluate;
  Fidelity fidelity = Fidelity::job;
  TraceOptions traces;
};

struct CheckOptions {
  CommonOptions common;
  std::string file;
};

/// Every combination of these is one point of the table.
struct PacErrorOptions {
  CommonOptions common;
  std::vector<std::uint32_t> lengths{64, 256, 1024, 4096};
  std::vector<std::uint32_t> operands{0, 2, 3, 4, 5, 6};
  std::vector<double> weight_densities{0.5};
  std::vector<double> activation_densities{0.5};
  std::uint32_t weight_bits = 8;
  std::uint32_t activation_bits = 8;
  std::uint32_t vectors = 48;  ///< of weights and of activations; every pair is one product
  std::string csv;             ///< file to write, empty: none
};

/// Rows of the table: exact products, each operand, and operand 4 with dynamic configuration.
struct PacAccuracyOptions {
  CommonOptions common;
  std::string run;
  std::vector<std::uint32_t> operands{5, 4, 3};
  std::vector<double> thresholds;  ///< of dynamic configuration; empty: no such row
  std::uint64_t images = 0;        ///< 0: all
  std::uint64_t batch = 32;        ///< images quantised together
  std::uint64_t recalibrate = 0;   ///< training images for the batch norms of each row; 0: they stay
  bool reference = false;          ///< with the original's quirks
};

struct AdcProfileOptions {
  EvaluateOptions evaluate;
  std::string csv;        ///< file to write, empty: none
  std::string histogram;  ///< file to write, empty: none
};

using Command = std::variant<DemoOptions, TrainOptions, LowerOptions, EvaluateOptions, SimulateOptions,
                             CheckOptions, PacErrorOptions, PacAccuracyOptions, AdcProfileOptions>;

const CommonOptions& common(const Command& command);

/// Parses the command line. Prints help or a usage error itself.
/// @param exit_code set where no command is to be run: 0 after --help or --version, 2 after a usage error
/// @return false where no command is to be run
bool parse(int argc, char** argv, Command& command, int& exit_code);

/// Every `--set KEY=VALUE`. @throws Error where one has no key or no value
std::vector<TomlOverride> parse_overrides(const std::vector<std::string>& texts);

}  // namespace sumline::cli
