// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "arch/bank.hpp"
#include "arch/chip.hpp"
#include "arch/result_sink.hpp"
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

/// One copy of a pass: hands input vectors to its banks and makes codes, or logits, of what they return.
/// input map - dispatch - banks - collect - [LUT] - maps of the readers, or the external link
class LayerReplica : public sc_core::sc_module {
 public:
  LayerReplica(const sc_core::sc_module_name& name, RunState& run, Chip& chip, Sequencer& sequencer,
               ResultSink& sink, const PassRole& role, std::uint32_t replica);

  std::uint32_t layer() const { return role_.pass.layer; }
  std::uint64_t saturated() const;

 private:
  void dispatch();
  void collect();
  void gather_sums(std::uint32_t position);
  void finish(std::uint32_t image, std::uint32_t position);
  void emit_codes(std::uint32_t image, std::uint32_t position);
  void emit_logits(std::uint32_t image, std::uint32_t position);
  std::span<std::int32_t> partial_sums(std::uint32_t position);

  RunState& run_;
  Chip& chip_;
  Sequencer& sequencer_;
  ResultSink& sink_;
  const PassRole role_;
  const Layer& description_;
  const Outlet& outlet_;
  const std::uint32_t replica_;
  const std::uint32_t positions_;
  std::vector<std::unique_ptr<Bank>> banks_;
  std::vector<std::int32_t> sums_;   ///< [channels] of the position being collected
  std::vector<std::uint8_t> codes_;  ///< [channels]
  Requester requester_;
};

}  // namespace sumline
