// SPDX-License-Identifier: Apache-2.0
#include "components/bank_timer.hpp"

#include <catch2/catch.hpp>
#include <cctype>
#include <string>

#include "tests/support/processes.hpp"

namespace sumline {
namespace {

using test::kNanosecond;

/// Works for a number of slots, then for the rest of its job.
class Worker : public BankTimer::Client {
 public:
  Worker(BankTimer& timer, char name, std::string& log, std::uint64_t slot, std::uint64_t rest)
      : name_(name),
        log_(log),
        slot_(timer.slots(slot * kNanosecond, rest * kNanosecond)),
        rest_(timer.jobs(rest * kNanosecond)) {}

  void start(int slots) {
    remaining_ = slots;
    proceed();
  }
  std::uint64_t done() const { return done_; }

 private:
  void proceed() { (remaining_ > 0 ? slot_ : rest_).begin(*this); }
  void time_passed() override {
    if (remaining_ == 0) {
      done_ = now() / kNanosecond;
      log_ += static_cast<char>(std::toupper(name_));
      return;
    }
    log_ += name_;
    --remaining_;
    proceed();
  }

  char name_;
  std::string& log_;
  BankTimer::Spans& slot_;
  BankTimer::Spans& rest_;
  int remaining_ = 0;
  std::uint64_t done_ = 0;  ///< ns
};

TEST_CASE("a job ends after its slots and the rest, at the kernel's time") {
  SimContext context;
  BankTimer timer("timer");
  std::string log;
  Worker worker(timer, 'a', log, 3, 2);
  Worker idle(timer, 'b', log, 3, 0);
  test::at(5 * kNanosecond, [&] {
    worker.start(4);
    idle.start(0);
  });
  context.run();
  CHECK(log == "BaaaaA");
  CHECK(worker.done() == 5 + 4 * 3 + 2);
  CHECK(idle.done() == 5);
}

TEST_CASE("slots of several banks end in the order of time, of one length in the order in which they began") {
  SimContext context;
  BankTimer timer("timer");
  std::string log;
  Worker a(timer, 'a', log, 4, 1);
  Worker b(timer, 'b', log, 4, 1);
  Worker c(timer, 'c', log, 3, 1);
  test::at(0, [&] {
    a.start(3);  // 4 8 12, done 13
    b.start(2);  // 4 8, done 9
    c.start(3);  // 3 6 9, done 10
  });
  context.run();
  CHECK(log == "cabcabcBCaA");
  CHECK(a.done() == 13);
  CHECK(b.done() == 9);
  CHECK(c.done() == 10);
}

TEST_CASE("slots stay in the order of time where somebody else begins one among them") {
  SimContext context;
  BankTimer timer("timer");
  std::string log;
  Worker a(timer, 'a', log, 4, 1);
  Worker b(timer, 'b', log, 1, 1);
  test::at(0, [&] { a.start(5); });                 // 4 8 12 16 20, done 21
  test::at(10 * kNanosecond, [&] { b.start(4); });  // 11 12 13 14, done 15
  context.run();
  CHECK(a.done() == 21);
  CHECK(b.done() == 15);
  CHECK(log.substr(0, 3) == "aab");
  CHECK(log.substr(log.size() - 6) == "bbBaaA");
}

}  // namespace
}  // namespace sumline
