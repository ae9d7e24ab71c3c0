// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <queue>
#include <span>
#include <systemc>
#include <vector>

#include "arch/bank.hpp"
#include "arch/chip.hpp"
#include "arch/layer_output.hpp"
#include "arch/run_state.hpp"
#include "arch/sequencer.hpp"

namespace sumline {

/// A layer, or the part of it that one pass holds.
struct PassRole {
  std::size_t number;  ///< phases and their passes counted through
  const Pass& pass;
  bool first_part;
  std::vector<std::int32_t>& partial_sums;  ///< [positions, channels] between the parts, in the home tile
};

/// One pass: its replicas take turns, position by position in raster order. Three stages, one position each
/// at a time, with all the banks at work between the first two:
/// feed:    input map in the home tile's buffer - bus - [router] - input registers
/// collect: output registers - [router] - bus - accumulators of the home tile
/// finish:  PAC computation engine where the layer is approximated - what LayerOutput does
class LayerPass : public sc_core::sc_module {
 public:
  LayerPass(const sc_core::sc_module_name& name, RunState& run, Chip& chip, Sequencer& sequencer,
            ResultSink& sink, const PassRole& role);

  std::uint32_t layer() const { return role_.pass.layer; }
  std::uint64_t saturated() const;

 private:
  /// One replica, and the windows on their way to it: two in the halves of its input registers and the one that is
  /// being read.
  struct Copy {
    std::vector<std::unique_ptr<Bank>> banks;
    std::array<std::vector<std::uint8_t>, 3> windows;
    std::uint64_t read = 0;  ///< windows so far
  };

  Copy& copy_for(std::uint32_t position) { return replicas_[position % replicas_.size()]; }
  void feed();
  /// Reads the window for all banks of a replica and, where the layer is approximated, its counts.
  InputVector read_window(Copy& copy, std::uint32_t image, std::uint32_t position);
  void take_from_buffer(std::uint32_t image, std::uint64_t bits);
  void fetch(Bank& bank, const InputVector& vector);
  void collect();
  void receive(Bank& bank, std::vector<std::int32_t>& sums);
  void finish();
  void correct(std::span<std::int32_t> sums);
  /// Calls visit(image, position) for everything the pass will do, in order.
  template <class Visit>
  void for_each_position(Visit visit);

  RunState& run_;
  Chip& chip_;
  Sequencer& sequencer_;
  const PassRole role_;
  const Layer& description_;
  const std::uint32_t home_;
  const PacModel* const approximation_;  ///< nullptr where all products are formed in arrays
  std::vector<Copy> replicas_;
  std::queue<PacWindow> windows_;                 ///< on their way through the banks
  DoubleBuffer<std::vector<std::int32_t>> sums_;  ///< [channels] of one position
  LayerOutput output_;
  Requester feeder_;
  Requester collector_;
  Requester finisher_;
};

}  // namespace sumline
