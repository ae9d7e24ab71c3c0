// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "arch/results.hpp"

namespace sumline::cli {

/// Accuracy, a row per layer and a row per component, per image, with SI prefixes.
std::string results_text(const Results& results);

/// One row per accelerator: accuracy, conversions, energy, latency, TOPS/W, area, share of the converters.
/// @param simulated results of the event engine; accuracies come from `evaluated`, same order
std::string comparison_text(const std::vector<Results>& evaluated, const std::vector<Results>& simulated);

}  // namespace sumline::cli
