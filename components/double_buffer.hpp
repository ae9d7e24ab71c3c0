// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "components/requester.hpp"

namespace sumline {

/// Hands values from a giver to a taker through two places: one is filled while the other is used. The giver
/// calls acquire(), fills, load(); the taker calls take(), uses, release(). Values keep their storage.
template <class Value>
class DoubleBuffer {
 public:
  bool has_room() const { return loaded_ - released_ < places_.size(); }
  /// @pre has_room()
  Value& acquire() { return places_[loaded_ % places_.size()]; }
  /// Blocks the giver's thread until a place is free.
  Value& acquire(Requester& giver) {
    while (!has_room()) {
      giver_ = &giver;
      giver.sleep();
    }
    return acquire();
  }
  void load() {
    ++loaded_;
    wake(taker_);
  }
  bool empty() const { return loaded_ == released_; }
  /// @return the oldest value @pre !empty()
  Value& take() { return places_[released_ % places_.size()]; }
  /// Blocks the taker's thread until a place is full.
  Value& take(Requester& taker) {
    while (empty()) {
      taker_ = &taker;
      taker.sleep();
    }
    return take();
  }
  void release() {
    ++released_;
    wake(giver_);
  }

 private:
  static void wake(Requester*& sleeper) {
    if (sleeper != nullptr) {
      std::exchange(sleeper, nullptr)->wake();
    }
  }

  std::array<Value, 2> places_{};
  std::uint64_t loaded_ = 0;
  std::uint64_t released_ = 0;
  Requester* giver_ = nullptr;  ///< who sleeps until a place is free
  Requester* taker_ = nullptr;  ///< who sleeps until one is full
};

}  // namespace sumline
