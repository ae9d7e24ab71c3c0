// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>
#include <vector>

/// Timing of pieces that take turns, and lines "name value unit target".
namespace sumline::bench {

/// Median CPU seconds of each piece. The pieces take turns, so that a slow minute of the machine hits all of them.
std::vector<double> compare(const std::vector<std::function<void()>>& pieces, int repetitions);

double median(std::vector<double> values);

void print(std::string_view name, double value, std::string_view unit, std::string_view target);

}  // namespace sumline::bench
