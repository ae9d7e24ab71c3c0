// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <queue>
#include <systemc>
#include <vector>

namespace sumline {

/// Tells the banks of a chip when their slots and jobs are over: one event and one process for all of them,
/// which stay in the processor's caches where those of every single bank would not.
/// In:     spans of time as they begin.
/// Out:    a call per span, in the order of their ends; at one time, spans of equal length in the order in which
/// they began. The kernel's time stands still over the ends of slots between two events of the kernel: nobody but
/// the bank notices them.
/// Time:   the span's.
/// Energy: none.
/// Source: - (the kernel's work, not the chip's)
class BankTimer : public sc_core::sc_module {
 public:
  /// Who works for a span of time.
  class Client {
   public:
    /// May begin the next span.
    virtual void time_passed() = 0;

   protected:
    ~Client() = default;
  };

  explicit BankTimer(const sc_core::sc_module_name& name);

  /// A span at whose end the client tells others: the kernel's time is then that of the end.
  /// @param span in femtoseconds @param client outlives the span
  void begin_job(std::uint64_t span, Client& client) { begin({span, true}, client); }
  /// A span at whose end the client does no more than begin the next one.
  void begin_slot(std::uint64_t span, Client& client) { begin({span, false}, client); }

 private:
  struct Kind {
    std::uint64_t span;
    bool job;
    auto operator<=>(const Kind&) const = default;
  };
  struct End {
    std::uint64_t time;
    Client* client;
  };
  using Queue = std::deque<End>;
  struct Front {
    std::uint64_t time;
    bool job;
    Queue* queue;
  };
  struct Later {
    bool operator()(const Front& a, const Front& b) const {
      return a.time != b.time ? a.time > b.time : a.job < b.job;
    }
  };
  void begin(const Kind& kind, Client& client);
  void ring();
  /// Calls the clients of the spans of one kind that end next.
  void pass_ends();

  /// Spans of equal length end in the order in which they begin. A chip has few lengths: a slot with and without the
  /// unit column and the last shift-and-add, or a job of each layer.
  std::map<Kind, Queue> queues_;
  std::priority_queue<Front, std::vector<Front>, Later> fronts_;  ///< of the queues that are not empty
  bool ringing_ = false;
  std::uint64_t time_ = 0;  ///< while ringing: of the ends that are passed
  sc_core::sc_event next_end_;
};

}  // namespace sumline
