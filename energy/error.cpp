// SPDX-License-Identifier: Apache-2.0
#include "energy/error.hpp"

namespace sumline {

void fail_assertion(const char* condition, const char* file, int line, const std::string& text) {
  throw InternalError(std::string(file) + ':' + std::to_string(line) + ": " + text + " (" + condition + ')');
}

}  // namespace sumline
