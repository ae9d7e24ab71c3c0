// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <systemc>

#include "components/sim_context.hpp"
#include "components/sim_time.hpp"

/// For tests of SystemC modules: stimuli as functions that start at a given time. Inside them use CHECK, not
/// REQUIRE, which throws through the kernel.
namespace sumline::test {

inline constexpr std::uint64_t kNanosecond = 1'000'000;  ///< in femtoseconds

/// Runs `body` in a thread of its own from `time` on, in femtoseconds.
inline void at(std::uint64_t time, std::function<void()> body) {
  sc_core::sc_spawn([time, body = std::move(body)] {
    if (time > 0) {
      sc_core::wait(femtoseconds(time));
    }
    body();
  });
}

}  // namespace sumline::test
