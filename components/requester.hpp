// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <systemc>

namespace sumline {

/// When a resource worked for somebody, in femtoseconds.
struct Service {
  std::uint64_t start;
  std::uint64_t duration;
};

/// One thread that asks for shared resources or takes part in a hand-over, and the place where it sleeps until it
/// has what it asked for. Of requests made at the same time the one with the smaller id is served first.
class Requester {
 public:
  explicit Requester(std::uint32_t id) : id_(id) {}

  /// Blocks the thread until somebody wakes it.
  void sleep() { sc_core::wait(woken_); }
  /// @pre it sleeps, and not for an arbiter
  void wake() { woken_.notify(); }

 private:
  friend class Arbiter;
  const std::uint32_t id_;
  Service service_{};  ///< the last one that was promised
  sc_core::sc_event woken_;
};

}  // namespace sumline
