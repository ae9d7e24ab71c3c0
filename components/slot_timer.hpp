// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <queue>
#include <systemc>
#include <vector>

namespace sumline {

/// Tells the OU controllers of a chip when their slots are over: one event and one process for all of them,
/// which stay in the processor's caches where those of every single bank would not.
/// In:     slots as they begin.
/// Out:    a call per slot, at its end; at one time in the order in which the slots began.
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
    std::uint64_t number;
    Client* client;
  };
  struct Later {
    bool operator()(const End& a, const End& b) const {
      return a.time != b.time ? a.time > b.time : a.number > b.number;
    }
  };
  void ring();

  std::priority_queue<End, std::vector<End>, Later> ends_;
  std::uint64_t begun_ = 0;
  bool ringing_ = false;
  sc_core::sc_event next_end_;
};

}  // namespace sumline
