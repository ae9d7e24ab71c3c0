// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

/// Timing of pieces that take turns, and lines "name value unit target".
namespace sumline::bench {

/// Median CPU seconds of each piece. The pieces take turns, so that a slow minute of the machine hits all of them.
std::vector<double> compare(const std::vector<std::function<void()>>& pieces, int repetitions);

void print(const char* name, double value, const char* unit, const char* target);

}  // namespace sumline::bench
