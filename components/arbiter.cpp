// SPDX-License-Identifier: Apache-2.0
#include "components/arbiter.hpp"

#include <algorithm>

#include "components/model/femtoseconds.hpp"
#include "energy/error.hpp"

namespace sumline {

Arbiter::Arbiter(const sc_core::sc_module_name& name, Second cycle)
    : sc_module(name), cycle_(to_femtoseconds(cycle)) {
  if (cycle_ == 0) {
    throw Error(std::string(this->name()) + ": cycle of " + to_text(cycle) + ": must be at least 1 fs");
  }
  SC_HAS_PROCESS(Arbiter);
  SC_METHOD(grant);
  sensitive << edge_;
  dont_initialize();
}

Service Arbiter::use(Requester& requester, std::uint64_t cycles) {
  if (cycles == 0) {
    return {now(), 0};
  }
  waiting_.push({now(), cycles, &requester});
  if (waiting_.size() == 1) {  // otherwise the next edge is already set
    schedule();
  }
  sc_core::wait(requester.served_);
  return {requester.granted_, cycles * cycle_};
}

void Arbiter::grant() {
  const Request first = waiting_.top();
  waiting_.pop();
  first.requester->granted_ = now();
  free_at_ = now() + first.cycles * cycle_;
  first.requester->served_.notify(femtoseconds(first.cycles * cycle_));
  if (!waiting_.empty()) {
    schedule();
  }
}

void Arbiter::schedule() {
  const std::uint64_t after_oldest = (waiting_.top().time / cycle_ + 1) * cycle_;
  edge_.notify(femtoseconds(std::max(after_oldest, free_at_) - now()));
}

}  // namespace sumline
