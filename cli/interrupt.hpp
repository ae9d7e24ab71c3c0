// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace sumline::cli {

/// Set by the first Ctrl-C: long work stops at the next safe point. A second Ctrl-C ends the program at once.
const std::atomic<bool>& interrupted();

/// Installs the handler of SIGINT and SIGTERM.
void catch_interrupts();

}  // namespace sumline::cli
