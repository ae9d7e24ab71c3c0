// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <systemc>

namespace sumline {

/// Hands values from one thread to another through two places: one is filled while the other is used.
/// The giver calls acquire(), fills, load(); the taker calls take(), uses, release(). Values keep their
/// storage.
template <class Value>
class DoubleBuffer {
 public:
  /// Blocks until a place is free.
  Value& acquire() {
    while (loaded_ - released_ == places_.size()) {
      sc_core::wait(freed_);
    }
    return places_[loaded_ % places_.size()];
  }
  void load() {
    ++loaded_;
    filled_.notify();
  }
  /// Blocks until a place is full. @return the oldest value
  Value& take() {
    while (loaded_ == released_) {
      sc_core::wait(filled_);
    }
    return places_[released_ % places_.size()];
  }
  void release() {
    ++released_;
    freed_.notify();
  }

 private:
  std::array<Value, 2> places_{};
  std::uint64_t loaded_ = 0;
  std::uint64_t released_ = 0;
  sc_core::sc_event filled_;
  sc_core::sc_event freed_;
};

}  // namespace sumline
