// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <systemc>

namespace sumline {

/// How far a sequence of numbered steps is complete from its beginning, however they finish out of order. The
/// only thing the layers of a network wait for. Positions of successive images are numbered on: image *
/// positions + position.
class RasterProgress {
 public:
  void finish(std::uint64_t step);
  /// Blocks the calling thread until steps 0 .. count - 1 have finished.
  void wait_for(std::uint64_t count);

 private:
  std::uint64_t complete_ = 0;
  std::deque<bool> ahead_;  ///< from step `complete_` on
  sc_core::sc_event advanced_;
};

}  // namespace sumline
