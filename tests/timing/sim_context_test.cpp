// SPDX-License-Identifier: Apache-2.0
#include "components/sim_context.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <vector>

#include "energy/error.hpp"
#include "tests/support/processes.hpp"

namespace sumline {
namespace {

TEST_CASE("a time becomes simulated time where a femtosecond holds it to 1 ppm") {
  SimContext context;
  CHECK(to_sc_time(seconds(15.36e-9)).value() == 15'360'000);
  CHECK(to_sc_time(seconds(1 / 1.2e9)).value() == 833'333);
  CHECK(to_sc_time(seconds(0)).value() == 0);
  CHECK_THROWS_WITH(to_sc_time(seconds(0.3e-15)),
                    Catch::Contains("must be a whole number of femtoseconds to 1 ppm"));
  CHECK_THROWS_AS(to_sc_time(seconds(1.0000015e-10)), Error);
  CHECK_THROWS_AS(to_sc_time(seconds(1e5)), Error);
}

TEST_CASE("simulations follow one another in a process, unfinished threads and all") {
  auto alive = std::make_shared<int>(0);
  for (int run = 0; run < 20; ++run) {
    SimContext context;
    sc_core::sc_event never;
    std::uint64_t reached = 0;
    test::at(0, [&, alive] {
      const auto held = alive;
      sc_core::wait(never);
    });
    test::at(7, [&] { reached = now(); });
    context.run();
    CHECK(reached == 7);
  }
  CHECK(alive.use_count() == 1);
}

TEST_CASE("a warning of the kernel is an error") {
  SimContext context;
  test::at(1, [] { SC_REPORT_WARNING("test", "something is odd"); });
  CHECK_THROWS_WITH(context.run(), Catch::Contains("something is odd"));
}

TEST_CASE("a simulation that is stopped gives its reason") {
  SimContext context;
  std::uint64_t last = 0;
  test::at(0, [&] {
    for (;;) {
      sc_core::wait(femtoseconds(10));
      last = now();
      if (now() == 30) {
        context.stop(std::make_exception_ptr(Error("enough")));
      }
    }
  });
  CHECK_THROWS_WITH(context.run(), "enough");
  CHECK(last == 30);
}

}  // namespace
}  // namespace sumline
