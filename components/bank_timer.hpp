// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <queue>
#include <systemc>
#include <utility>
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

   private:
    friend class BankTimer;
    Client* next_ = nullptr;  ///< whose span of the same length ends next
    std::uint64_t end_ = 0;
  };

  /// Spans of equal length, which end in the order in which they begin.
  class Spans {
   public:
    /// @param client outlives the span; in no other one
    void begin(Client& client) { timer_->begin(*this, client); }

   private:
    friend class BankTimer;
    Spans(BankTimer& timer, std::uint64_t length, bool job) : timer_(&timer), length_(length), job_(job) {}

    BankTimer* timer_;
    std::uint64_t length_;
    bool job_;
    Client* first_ = nullptr;  ///< of those whose span has not ended
    Client* last_ = nullptr;
  };

  explicit BankTimer(const sc_core::sc_module_name& name);

  /// Spans at whose end the client tells others: the kernel's time is then that of the end.
  /// @param length in femtoseconds
  Spans& jobs(std::uint64_t length) { return spans(length, true); }
  /// Spans at whose end the client does no more than begin the next one.
  Spans& slots(std::uint64_t length) { return spans(length, false); }

 private:
  struct Front {
    std::uint64_t time;
    Spans* spans;
  };
  struct Later {
    bool operator()(const Front& a, const Front& b) const {
      return a.time != b.time ? a.time > b.time : a.spans->job_ < b.spans->job_;
    }
  };
  Spans& spans(std::uint64_t length, bool job);
  void begin(Spans& spans, Client& client);
  void ring();
  /// Calls the clients of the spans of one length that end next, before `limit` and before those of any other.
  void pass_ends(std::uint64_t limit);

  /// A chip has few: a slot with and without the unit column and the last shift-and-add, or a job of each layer.
  std::map<std::pair<std::uint64_t, bool>, Spans> spans_;
  std::priority_queue<Front, std::vector<Front>, Later> fronts_;  ///< of those that somebody is in
  Spans* passed_ = nullptr;                                       ///< whose ends are being passed
  std::uint64_t time_ = 0;                                        ///< of the end that is passed
  sc_core::sc_event next_end_;
};

}  // namespace sumline
