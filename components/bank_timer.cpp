// SPDX-License-Identifier: Apache-2.0
#include "components/bank_timer.hpp"

#include "components/sim_time.hpp"

namespace sumline {

BankTimer::BankTimer(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_HAS_PROCESS(BankTimer);
  SC_METHOD(ring);
  sensitive << next_end_;
  dont_initialize();
}

BankTimer::Spans& BankTimer::spans(std::uint64_t length, bool job) {
  return spans_.try_emplace({length, job}, Spans(*this, length, job)).first->second;
}

void BankTimer::begin(Spans& spans, Client& client) {
  const std::uint64_t end = (ringing_ ? time_ : now()) + spans.length_;
  spans.ends_.push_back({end, &client});
  if (spans.ends_.size() == 1) {
    fronts_.push({end, &spans});
    if (!ringing_) {
      next_end_.notify(femtoseconds(spans.length_));  // the kernel keeps the earlier of two times
    }
  }
}

void BankTimer::ring() {
  ringing_ = true;
  while (!fronts_.empty() && fronts_.top().time == now()) {
    pass_ends();
  }
  const std::uint64_t next_event =
      now() + sc_core::sc_time_to_pending_activity(sc_core::sc_get_curr_simcontext()).value();
  while (!fronts_.empty() && !fronts_.top().spans->job_ && fronts_.top().time < next_event) {
    pass_ends();
  }
  ringing_ = false;
  if (!fronts_.empty()) {
    next_end_.notify(femtoseconds(fronts_.top().time - now()));
  }
}

void BankTimer::pass_ends() {
  const Front front = fronts_.top();
  fronts_.pop();
  time_ = front.time;
  auto& ends = front.spans->ends_;
  do {
    ends.front().client->time_passed();
    ends.pop_front();  // not before: where nobody is left, the next to begin announces its end
  } while (!ends.empty() && ends.front().time == time_);
  if (!ends.empty()) {
    fronts_.push({ends.front().time, front.spans});
  }
}

}  // namespace sumline
