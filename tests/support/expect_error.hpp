// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "energy/error.hpp"

namespace sumline::test {

/// What the Error thrown by `action` says; "no error" where none is thrown.
template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace sumline::test
