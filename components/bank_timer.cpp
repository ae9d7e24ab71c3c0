// SPDX-License-Identifier: Apache-2.0
#include "components/bank_timer.hpp"

#include <algorithm>

#include "components/sim_time.hpp"

namespace sumline {

BankTimer::BankTimer(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_HAS_PROCESS(BankTimer);
  SC_METHOD(ring);
  sensitive << next_end_;
  dont_initialize();
}

BankTimer::Spans& BankTimer::jobs(std::uint64_t length) {
  return jobs_.try_emplace(length, Spans(*this, length, true)).first->second;
}

BankTimer::Spans& BankTimer::slots(std::uint64_t length, std::uint64_t shortest_job) {
  shortest_job_ = std::min(shortest_job_, shortest_job);
  const auto known = std::ranges::find(slots_, length, &Spans::length_);
  return known != slots_.end() ? *known : slots_.emplace_front(Spans(*this, length, false));
}

void BankTimer::Spans::append(Client& client) {
  client.next_ = nullptr;
  (first_ != nullptr ? last_->next_ : first_) = &client;
  last_ = &client;
}

void BankTimer::Spans::pass_first() {
  Client& client = *first_;
  first_ = client.next_;
  timer_->passed_ = this;
  timer_->time_ = client.end_;
  client.time_passed();
  timer_->passed_ = nullptr;
}

void BankTimer::begin(Spans& spans, Client& client) {
  const bool ringing = passed_ != nullptr;
  if (!ringing) {
    pass_slots(now());  // what they begin, began before this
  }
  client.end_ = (ringing ? time_ : now()) + spans.length_;
  if (spans.job_ && spans.first_ == nullptr && passed_ != &spans) {
    fronts_.push({client.end_, &spans});
  }
  spans.append(client);
  if (!ringing) {
    announce();
  }
}

BankTimer::Spans* BankTimer::first_slots() {
  Spans* first = nullptr;
  for (Spans& spans : slots_) {
    if (spans.first_ != nullptr && (first == nullptr || spans.first_->end_ < first->first_->end_)) {
      first = &spans;
    }
  }
  return first;
}

void BankTimer::pass_slots(std::uint64_t limit) {
  for (Spans* next; (next = first_slots()) != nullptr && next->first_->end_ < limit;) {
    next->pass_first();
  }
}

void BankTimer::pass_jobs() {
  const Front front = fronts_.top();
  fronts_.pop();
  Spans& spans = *front.spans;
  do {
    spans.pass_first();
  } while (spans.first_ != nullptr && spans.first_->end_ == front.time);
  if (spans.first_ != nullptr) {
    fronts_.push({spans.first_->end_, &spans});
  }
}

void BankTimer::ring() {
  pass_slots(now() + 1);
  while (!fronts_.empty() && fronts_.top().time == now()) {
    pass_jobs();
  }
  announced_ = kNever;
  announce();
}

void BankTimer::announce() {
  std::uint64_t next = fronts_.empty() ? kNever : fronts_.top().time;
  if (const Spans* slots = first_slots(); slots != nullptr) {
    next = std::min(next, slots->first_->end_ + shortest_job_);
  }
  if (next < announced_) {
    announced_ = next;
    next_end_.notify(femtoseconds(next - now()));
  }
}

}  // namespace sumline
