// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <queue>
#include <string>
#include <systemc>
#include <vector>

#include "components/sim_time.hpp"

namespace sumline {

/// One thread in the queue for shared resources. Of requests made at the same time the one with the smaller
/// id is served first.
class Requester {
 public:
  explicit Requester(std::uint32_t id) : id_(id) {}

 private:
  friend class Arbiter;
  std::uint32_t id_;
  std::uint64_t granted_ = 0;
  sc_core::sc_event served_;
};

/// When a resource worked for somebody, in femtoseconds.
struct Service {
  std::uint64_t start;
  std::uint64_t duration;
};

/// Decides who uses a resource that several threads share. Synchronous, without a clock that runs when nobody
/// asks. In:     requests for a number of cycles, from threads. Out:    the thread continues when it has been
/// served. Time:   granted at multiples of `cycle`; at such an edge only requests made strictly before it
/// take part, the oldest first,
///         then by id. So the outcome depends on times alone and never on the order of processes within one
///         time.
/// Energy: none; the resource counts.
/// Source: - (the rule is ours)
class Arbiter : public sc_core::sc_module {
 public:
  /// @throws Error if `cycle` is zero.
  Arbiter(const sc_core::sc_module_name& name, Second cycle);

  /// Blocks the calling thread until the resource has worked `cycles` for it. Nothing is asked for zero
  /// cycles.
  /// @pre a requester waits at one place at a time
  Service use(Requester& requester, std::uint64_t cycles);

 private:
  struct Request {
    std::uint64_t time;
    std::uint64_t cycles;
    Requester* requester;
  };
  struct Later {
    bool operator()(const Request& a, const Request& b) const {
      return a.time != b.time ? a.time > b.time : a.requester->id_ > b.requester->id_;
    }
  };
  void grant();
  void schedule();

  const std::uint64_t cycle_;
  std::uint64_t free_at_ = 0;
  std::priority_queue<Request, std::vector<Request>, Later> waiting_;
  sc_core::sc_event edge_;
};

}  // namespace sumline
