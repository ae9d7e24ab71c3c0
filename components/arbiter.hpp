// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "components/requester.hpp"
#include "components/sim_time.hpp"

namespace sumline {

/// Decides who uses a resource that several threads share. Synchronous, without a clock that runs when nobody
/// asks. In:     requests for a number of cycles, from threads. Out:    the thread continues when it has been
/// served. Time:   granted at multiples of `cycle`; at such an edge only requests made strictly before it
/// take part, the oldest first,
///         then by id. So the outcome depends on times alone and never on the order of processes within one
///         time.
/// Energy: none; the resource counts.
/// Source: - (the rule is ours)
///
/// Nothing that is asked later comes before a request, but what is asked at the same time by a smaller id. So each
/// is told at once when it will have been served, and the plan changes within one instant only.
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
    std::uint64_t cycles;
    Requester* requester;
  };
  /// Tells the requests of this instant when they are served, one after the other.
  void plan();

  const std::uint64_t cycle_;
  std::uint64_t instant_ = 0;      ///< of the last request
  std::vector<Request> requests_;  ///< made at that time, by id
  std::uint64_t free_before_ = 0;  ///< when older requests are done
  std::uint64_t free_at_ = 0;      ///< when all are
};

}  // namespace sumline
