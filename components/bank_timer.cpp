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
  client.end_ = (passed_ != nullptr ? time_ : now()) + spans.length_;
  client.next_ = nullptr;
  if (spans.first_ != nullptr) {
    spans.last_->next_ = &client;
  } else {
    spans.first_ = &client;
    if (passed_ != &spans) {
      fronts_.push({client.end_, &spans});
    }
    if (passed_ == nullptr) {
      next_end_.notify(femtoseconds(spans.length_));  // the kernel keeps the earlier of two times
    }
  }
  spans.last_ = &client;
}

void BankTimer::ring() {
  while (!fronts_.empty() && fronts_.top().time == now()) {
    pass_ends(now());
  }
  const std::uint64_t next_event =
      now() + sc_core::sc_time_to_pending_activity(sc_core::sc_get_curr_simcontext()).value();
  while (!fronts_.empty() && !fronts_.top().spans->job_ && fronts_.top().time < next_event) {
    pass_ends(next_event);
  }
  if (!fronts_.empty()) {
    next_end_.notify(femtoseconds(fronts_.top().time - now()));
  }
}

void BankTimer::pass_ends(std::uint64_t limit) {
  Spans& spans = *fronts_.top().spans;
  fronts_.pop();
  passed_ = &spans;
  do {
    Client& client = *spans.first_;
    spans.first_ = client.next_;
    time_ = client.end_;
    client.time_passed();
  } while (spans.first_ != nullptr &&
           (spans.first_->end_ == time_ ||
            (spans.first_->end_ < limit && (fronts_.empty() || spans.first_->end_ < fronts_.top().time))));
  passed_ = nullptr;
  if (spans.first_ != nullptr) {
    fronts_.push({spans.first_->end_, &spans});
  }
}

}  // namespace sumline
