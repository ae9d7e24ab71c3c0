// SPDX-License-Identifier: Apache-2.0
#include "components/slot_timer.hpp"

#include "components/sim_time.hpp"

namespace sumline {

SlotTimer::SlotTimer(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_HAS_PROCESS(SlotTimer);
  SC_METHOD(ring);
  sensitive << next_end_;
  dont_initialize();
}

void SlotTimer::begin(std::uint64_t slot, Client& client) {
  const std::uint64_t end = now() + slot;
  ends_.push({end, begun_++, &client});
  if (!ringing_) {
    next_end_.notify(femtoseconds(slot));  // the kernel keeps the earlier of two times
  }
}

void SlotTimer::ring() {
  ringing_ = true;
  while (!ends_.empty() && ends_.top().time == now()) {
    Client* const client = ends_.top().client;
    ends_.pop();
    client->slot_passed();
  }
  ringing_ = false;
  if (!ends_.empty()) {
    next_end_.notify(femtoseconds(ends_.top().time - now()));
  }
}

}  // namespace sumline
