// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

namespace sumline::test {

/// mt19937_64's sequence is fixed by the standard; distributions are not, so none is used.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(engine_() % limit); }
  std::uint32_t within(std::uint32_t low, std::uint32_t high) { return low + below(high - low + 1); }
  bool flip_coin() { return below(2) == 1; }
  /// 0, 0.01, ... 0.99
  double share() { return 0.01 * below(100); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace sumline::test
