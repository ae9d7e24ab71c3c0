// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>

#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "energy/error.hpp"
#include "traces/workload_file.hpp"

namespace {

using namespace sumline;
using namespace sumline::cli;

constexpr int kUsersFault = 1;
constexpr int kOurFault = 3;

Workload workload_of(const EvaluateOptions& options) {
  if (options.recalibrate > 0) {
    throw Error(options.source +
                ": a workload: --recalibrate needs the run directory that it was lowered from");
  }
  return read_workload(options.source);
}

/// Commands on files, which need no LibTorch.
struct RunSimulationSide {
  void operator()(const EvaluateOptions& options) const { evaluate(workload_of(options), options); }
  void operator()(const SimulateOptions& options) const { simulate(workload_of(options.evaluate), options); }
  void operator()(const AdcProfileOptions& options) const {
    adc_profile(workload_of(options.evaluate), options);
  }
  void operator()(const CheckOptions& options) const { check(options); }
  void operator()(const PacErrorOptions& options) const { pac_error(options); }
  template <class Other>
  void operator()(const Other&) const {
    SUMLINE_ASSERT(false, "a command of the training side");
  }
};

}  // namespace

int main(int argc, char** argv) {
  Command command;
  int exit_code = 0;
  if (!parse(argc, argv, command, exit_code)) {
    return exit_code;
  }
  catch_interrupts();
  try {
    if (needs_training_side(command)) {
      return run_training_side(command, argv);
    }
    std::visit(RunSimulationSide{}, command);
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "sumline: {}\n", error.what());
    return kUsersFault;
  } catch (const std::exception& error) {
    fmt::print(stderr,
               "sumline: internal error: {}\nThis is a fault of the program; please report it with the "
               "command you ran.\n",
               error.what());
    return kOurFault;
  }
}
