// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "arch/raster_progress.hpp"
#include "arch/run_state.hpp"

namespace sumline {

/// Says when a pass may start an image: the schedule and, for a network larger than the chip, the
/// programming. layer_serial: one pass after the other, one image after the other. layer_pipelined: a pass
/// runs as soon as it is programmed; that its inputs are there is up to whoever feeds it.
class Sequencer : public sc_core::sc_module {
 public:
  Sequencer(const sc_core::sc_module_name& name, RunState& run);

  /// Blocks until pass number `pass`, phases and their passes counted through, may start `image`: it is
  /// programmed, it is its turn, and there is room for what it makes.
  void wait_for_turn(std::size_t pass, std::uint32_t image);
  /// Blocks until `image` may enter the chip.
  void wait_for_entry(std::uint32_t image);
  /// A pass is through with its next position.
  void finish(std::size_t pass) { passes_[pass].progress->advance(); }

 private:
  struct PassState {
    const Pass& pass;
    std::size_t phase;
    std::uint64_t positions;
    std::unique_ptr<RasterProgress> progress;
  };
  void program();
  void wait_for_images(const PassState& pass, std::uint64_t images);
  std::uint64_t cells(const Pass& pass) const;

  RunState& run_;
  const bool serial_;
  std::vector<PassState> passes_;
  RasterProgress programmed_;  ///< phases, image after image
};

}  // namespace sumline
