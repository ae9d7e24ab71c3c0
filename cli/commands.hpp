// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "arch/results.hpp"
#include "cli/options.hpp"
#include "traces/workload.hpp"

namespace sumline::cli {

// Without LibTorch (simulation.cpp). Every function prints its results and returns them.

/// Runs the first `options.images` images (0: all) on the functional engine.
Results evaluate(const Workload& workload, const EvaluateOptions& options);
/// Images that `simulate` and `demo` run where the user names no number.
inline constexpr std::uint64_t kSimulatedImages = 16;
/// Runs the first images (0: kSimulatedImages) on the event engine.
Results simulate(const Workload& workload, const SimulateOptions& options);
/// Profiles the converters over the first images (0: kSimulatedImages).
void adc_profile(const Workload& workload, const AdcProfileOptions& options);
void check(const CheckOptions& options);
void pac_error(const PacErrorOptions& options);

// With LibTorch (training.cpp and pac_accuracy.cpp).

void pac_accuracy(const PacAccuracyOptions& options);

// The other side of the seam: training.cpp in the program `sumline-torch`; in `sumline`, which starts in 10
// ms because it does not link LibTorch, handover.cpp replaces the process by `sumline-torch`.

/// What `check` is asked to read: told by the preset's folder or the file's keys.
enum class ConfigKind : std::uint8_t { accelerator, network, recipe };
ConfigKind kind_of(const std::string& file);

/// True for commands that train, lower or read a run directory.
bool needs_training_side(const Command& command);
/// @return the exit code
int run_training_side(const Command& command, char** argv);

}  // namespace sumline::cli
