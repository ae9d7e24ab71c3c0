// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <systemc>
#include <vector>

namespace sumline {

/// Tells the OU controllers of a chip when their slots are over: one event and one process for all of them,
/// which stay in the processor's caches where those of every single bank would not.
/// In:     slots as they begin.
/// Out:    a call per slot, at its end; at one time, slots of equal length in the order in which they began.
/// Time:   the slot's.
/// Energy: none.
/// Source: - (the kernel's work, not the chip's)
class SlotTimer : public sc_core::sc_module {
 public:
  /// Who works in slots.
  class Client {
   public:
    /// May begin the next slot.
    virtual void slot_passed() = 0;

   protected:
    ~Client() = default;
  };

  explicit SlotTimer(const sc_core::sc_module_name& name);

  /// @param slot in femtoseconds, at least 1 @param client outlives the slot
  void begin(std::uint64_t slot, Client& client);

 private:
  struct End {
    std::uint64_t time;
    Client* client;
  };
  /// Slots of equal length end in the order in which they begin.
  struct Queue {
    std::uint64_t slot;
    std::deque<End> ends;
  };
  void ring();
  Queue& queue_of(std::uint64_t slot);
  /// The queue with the next end; null where nothing is at work.
  Queue* next();

  std::vector<Queue> queues_;  ///< one per length: a chip has two, with and without the unit column
  bool ringing_ = false;
  sc_core::sc_event next_end_;
};

}  // namespace sumline
