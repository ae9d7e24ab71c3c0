// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/interleaved.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace sumline::bench {
namespace {

double median(std::vector<double>& times) {
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
  return times[times.size() / 2];
}

}  // namespace

std::vector<double> compare(const std::vector<std::function<void()>>& pieces, int repetitions) {
  std::vector<std::vector<double>> times(pieces.size());
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    for (std::size_t piece = 0; piece < pieces.size(); ++piece) {
      const std::clock_t start = std::clock();
      pieces[piece]();
      times[piece].push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    }
  }
  std::vector<double> medians;
  std::transform(times.begin(), times.end(), std::back_inserter(medians), median);
  return medians;
}

void print(const char* name, double value, const char* unit, const char* target) {
  fmt::print("{:<60} {:>12.4g} {:<6} {}\n", name, value, unit, target);
}

}  // namespace sumline::bench
