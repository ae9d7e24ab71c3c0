// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <systemc>

namespace sumline {

/// Hands values from one process to another through two places: one is filled while the other is used.
/// The giver calls acquire(), fills, load(); the taker calls take(), uses, release(). Values keep their
/// storage.
template <class Value>
class DoubleBuffer {
 public:
  bool has_room() const { return loaded_ - released_ < places_.size(); }
  const sc_core::sc_event& freed() const { return freed_; }
  /// Blocks a thread until a place is free. @pre a method calls it where has_room()
  Value& acquire() {
    while (!has_room()) {
      sc_core::wait(freed_);
    }
    return places_[loaded_ % places_.size()];
  }
  void load() {
    ++loaded_;
    filled_.notify();
  }
  bool empty() const { return loaded_ == released_; }
  const sc_core::sc_event& filled() const { return filled_; }
  /// Blocks a thread until a place is full. @return the oldest value @pre a method calls it where !empty()
  Value& take() {
    while (empty()) {
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
