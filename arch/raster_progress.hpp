// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <systemc>

namespace sumline {

/// How many steps of a sequence are done: the only thing the layers of a network wait for. The positions of
/// successive images are counted on: image * positions + position.
class RasterProgress {
 public:
  void advance(std::uint64_t steps = 1) {
    done_ += steps;
    advanced_.notify();
  }
  /// Blocks the calling thread until `count` steps are done.
  void wait_for(std::uint64_t count) {
    while (done_ < count) {
      sc_core::wait(advanced_);
    }
  }

 private:
  std::uint64_t done_ = 0;
  sc_core::sc_event advanced_;
};

}  // namespace sumline
