// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "traces/event_log.hpp"

namespace sumline {

/// Receives what happens during a run, in the order of simulated time, at one time in no particular order.
/// Times in femtoseconds.
class TraceSink {
 public:
  virtual ~TraceSink() = default;
  /// `track` (a bank, a bus, a unit) was busy with `what` from `start` for `duration`.
  virtual void span(const std::string& track, const std::string& what, std::uint64_t start,
                    std::uint64_t duration) = 0;
  /// A bank finished an input vector.
  virtual void job(const JobEvent& event) = 0;
};

}  // namespace sumline
