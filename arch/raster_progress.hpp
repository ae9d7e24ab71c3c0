// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <systemc>

namespace sumline {

/// How many steps of a sequence are done: the only thing the layers of a network wait for. The positions of
/// successive images are counted on: image * positions + position.
class RasterProgress {
 public:
  void advance(std::uint64_t steps = 1) {
    done_ += steps;
    if (done_ >= awaited_) {
      awaited_ = kNobody;  // who is woken for less than it needs asks anew
      reached_.notify();
    }
  }
  /// Blocks the calling thread until `count` steps are done.
  void wait_for(std::uint64_t count) {
    while (done_ < count) {
      awaited_ = std::min(awaited_, count);
      sc_core::wait(reached_);
    }
  }

 private:
  static constexpr std::uint64_t kNobody = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t done_ = 0;
  std::uint64_t awaited_ = kNobody;  ///< the least that somebody waits for
  sc_core::sc_event reached_;
};

}  // namespace sumline
