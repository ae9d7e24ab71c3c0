// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "arch/chip.hpp"
#include "arch/run_state.hpp"
#include "arch/sequencer.hpp"

namespace sumline {

/// Sends the images over the external link, one copy to each layer that reads them, as the schedule and the
/// maps allow.
class ImageSource : public sc_core::sc_module {
 public:
  ImageSource(const sc_core::sc_module_name& name, RunState& run, Chip& chip, Sequencer& sequencer);

 private:
  void send();

  RunState& run_;
  Chip& chip_;
  Sequencer& sequencer_;
  Requester requester_;
};

}  // namespace sumline
