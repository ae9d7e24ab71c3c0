// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <forward_list>
#include <limits>
#include <map>
#include <queue>
#include <systemc>
#include <vector>

namespace sumline {

/// Tells the banks of a chip when their slots and jobs are over: one event and one process for all of them,
/// which stay in the processor's caches where those of every single bank would not.
/// In:     spans of time as they begin.
/// Out:    a call per span: of slots in the order of their ends, of jobs at the kernel's time; at one time, spans of
/// equal length in the order in which they began. Nobody but the bank notices the end of a slot, before a job that
/// begins there is over: the kernel's clock need not stop at it, and the call comes when the clock has.
/// Time:   the span's.
/// Energy: none.
/// Source: - (the kernel's work, not the chip's)
class BankTimer : public sc_core::sc_module {
 public:
  /// Who works for a span of time.
  class Client {
   public:
    /// May begin the next span, where this one ended.
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
    void append(Client& client);
    /// Calls the client whose span ends first.
    void pass_first();

    BankTimer* timer_;
    std::uint64_t length_;
    bool job_;
    Client* first_ = nullptr;  ///< of those whose span has not ended
    Client* last_ = nullptr;
  };

  explicit BankTimer(const sc_core::sc_module_name& name);

  /// Spans at whose end the client tells others: the kernel's time is then that of the end.
  /// @param length in femtoseconds
  Spans& jobs(std::uint64_t length);
  /// Spans at whose end the client does no more than begin the next one.
  /// @param shortest_job that it begins there
  Spans& slots(std::uint64_t length, std::uint64_t shortest_job);

 private:
  struct Front {
    std::uint64_t time;
    Spans* spans;
    bool operator>(const Front& other) const { return time > other.time; }
  };
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  void begin(Spans& spans, Client& client);
  /// Those whose first end comes first; nullptr where nobody is in a slot.
  Spans* first_slots();
  void pass_slots(std::uint64_t limit);
  void pass_jobs();
  void ring();
  /// Makes the clock stop where it has to at the latest.
  void announce();

  /// A chip has few: a slot with and without the unit column.
  std::forward_list<Spans> slots_;
  std::uint64_t shortest_job_ = kNever;  ///< after a slot
  std::map<std::uint64_t, Spans> jobs_;
  std::priority_queue<Front, std::vector<Front>, std::greater<>> fronts_;  ///< of jobs that somebody is in
  Spans* passed_ = nullptr;                                                ///< whose end is passed
  std::uint64_t time_ = 0;                                                 ///< of that end
  std::uint64_t announced_ = kNever;
  sc_core::sc_event next_end_;
};

}  // namespace sumline
