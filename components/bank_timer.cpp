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

void BankTimer::begin(const Kind& kind, Client& client) {
  const std::uint64_t end = (ringing_ ? time_ : now()) + kind.span;
  Queue& queue = queues_[kind];
  queue.push_back({end, &client});
  if (queue.size() == 1) {
    fronts_.push({end, kind.job, &queue});
    if (!ringing_) {
      next_end_.notify(femtoseconds(kind.span));  // the kernel keeps the earlier of two times
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
  while (!fronts_.empty() && !fronts_.top().job && fronts_.top().time < next_event) {
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
  Queue& ends = *front.queue;
  do {
    ends.front().client->time_passed();
    ends.pop_front();  // not before: a queue that is empty announces what comes next
  } while (!ends.empty() && ends.front().time == time_);
  if (!ends.empty()) {
    fronts_.push({ends.front().time, front.job, front.queue});
  }
}

}  // namespace sumline
