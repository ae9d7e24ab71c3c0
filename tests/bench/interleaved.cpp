// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/interleaved.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace sumline::bench {

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

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

void print(std::string_view name, double value, std::string_view unit, std::string_view target) {
  fmt::print("{:<60} {:>12.4g} {:<13} {}\n", name, value, unit, target);
}

}  // namespace sumline::bench
