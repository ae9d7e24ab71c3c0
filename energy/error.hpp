// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace sumline {

/// The user's fault: `what()` is one clear message - place, what was found, which rule. The program prints it and exits with 1.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Our fault: a broken invariant. The program prints it with a request to report it and exits with 3.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void fail_assertion(const char* condition, const char* file, int line, const std::string& text);

}  // namespace sumline

/// Active in release builds too: a wrong number is worse than a stop.
#define SUMLINE_ASSERT(condition, text) \
  ((condition) ? static_cast<void>(0) : ::sumline::fail_assertion(#condition, __FILE__, __LINE__, text))
