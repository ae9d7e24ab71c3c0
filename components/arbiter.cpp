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
}

Service Arbiter::use(Requester& requester, std::uint64_t cycles) {
  if (cycles == 0) {
    return {now(), 0};
  }
  if (now() != instant_) {
    instant_ = now();
    requests_.clear();
    free_before_ = free_at_;
  }
  const auto later = std::ranges::find_if(
      requests_, [&](const Request& other) { return other.requester->id_ > requester.id_; });
  requests_.insert(later, {cycles, &requester});
  plan();
  requester.sleep();
  return requester.service_;
}

void Arbiter::plan() {
  const std::uint64_t next_edge = (instant_ / cycle_ + 1) * cycle_;
  free_at_ = std::max(next_edge, free_before_);
  for (const auto& [cycles, requester] : requests_) {
    requester->service_ = {free_at_, cycles * cycle_};
    free_at_ += cycles * cycle_;
    requester->woken_.cancel();
    requester->woken_.notify(femtoseconds(free_at_ - instant_));
  }
}

}  // namespace sumline
