// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "arch/chip.hpp"
#include "arch/run_state.hpp"

namespace sumline {

/// A max_pool layer: pools window by window, as soon as the codes under the window are there, in the tile
/// that made them.
class PoolStage : public sc_core::sc_module {
 public:
  PoolStage(const sc_core::sc_module_name& name, RunState& run, Chip& chip, std::uint32_t layer);

 private:
  void pool();

  RunState& run_;
  Chip& chip_;
  const std::uint32_t layer_;
  Requester requester_;
};

}  // namespace sumline
