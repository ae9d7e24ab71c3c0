// SPDX-License-Identifier: Apache-2.0
// Prints a group of the speed figures that the project promises, on one thread.
// Usage: bench_targets lenet|pac|pac-engines|bnn [repetitions]
#include "tests/bench/targets.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

struct Group {
  std::string_view name;
  void (*print)(int repetitions);
  int repetitions;  ///< where none are given
};

constexpr Group kGroups[] = {{"lenet", sumline::bench::print_lenet_targets, 5},
                             {"pac", sumline::bench::print_pac_targets, 31},
                             {"pac-engines", sumline::bench::print_pac_engine_targets, 9},
                             {"bnn", sumline::bench::print_bnn_targets, 5}};

}  // namespace

int main(int count, char** arguments) {
  const std::string_view name = count > 1 ? arguments[1] : "";
  const auto* const group = std::ranges::find(kGroups, name, &Group::name);
  if (group == std::end(kGroups)) {
    fmt::print(stderr, "usage: bench_targets lenet|pac|pac-engines|bnn [repetitions]\n");
    return 2;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);  // each line when it is measured, in a pipe too
  at::set_num_threads(1);
  at::manual_seed(1);
  const oneapi::tbb::global_control one_thread(oneapi::tbb::global_control::max_allowed_parallelism, 1);
  group->print(count > 2 ? std::max(1, std::atoi(arguments[2])) : group->repetitions);
}
