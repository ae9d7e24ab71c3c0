// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace sumline::test {

struct ProgramRun {
  int exit_code;  ///< 128 + signal where one ended it
  std::string out;
  std::string err;
};

/// Runs build/.../bin/sumline with `arguments` and waits for it.
/// @param interrupt_when send SIGINT as soon as stderr or stdout contains this text; empty: never
ProgramRun run_sumline(const std::vector<std::string>& arguments, const std::string& interrupt_when = {});

}  // namespace sumline::test
