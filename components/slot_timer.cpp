// SPDX-License-Identifier: Apache-2.0
#include "components/slot_timer.hpp"

#include <algorithm>

#include "components/sim_time.hpp"

namespace sumline {

SlotTimer::SlotTimer(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_HAS_PROCESS(SlotTimer);
  SC_METHOD(ring);
  sensitive << next_end_;
  dont_initialize();
}

void SlotTimer::begin(std::uint64_t slot, Client& client) {
  queue_of(slot).ends.push_back({now() + slot, &client});
  if (!ringing_) {
    next_end_.notify(femtoseconds(slot));  // the kernel keeps the earlier of two times
  }
}

void SlotTimer::ring() {
  const std::uint64_t time = now();
  ringing_ = true;
  Queue* queue = next();
  for (; queue != nullptr && queue->ends.front().time == time; queue = next()) {
    Client* const client = queue->ends.front().client;
    queue->ends.pop_front();
    client->slot_passed();
  }
  ringing_ = false;
  if (queue != nullptr) {
    next_end_.notify(femtoseconds(queue->ends.front().time - time));
  }
}

SlotTimer::Queue& SlotTimer::queue_of(std::uint64_t slot) {
  const auto found = std::ranges::find(queues_, slot, &Queue::slot);
  return found != queues_.end() ? *found : queues_.emplace_back(Queue{slot, {}});
}

SlotTimer::Queue* SlotTimer::next() {
  Queue* first = nullptr;
  for (Queue& queue : queues_) {
    if (!queue.ends.empty() && (first == nullptr || queue.ends.front().time < first->ends.front().time)) {
      first = &queue;
    }
  }
  return first;
}

}  // namespace sumline
