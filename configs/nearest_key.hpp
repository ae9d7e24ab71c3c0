// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace sumline {

/// A hint for a key nobody knows: `did you mean "rows"?`, or the list of known keys where none is near.
std::string nearest_key(std::string_view key, const std::set<std::string, std::less<>>& known);

}  // namespace sumline
