// SPDX-License-Identifier: Apache-2.0
#include "configs/nearest_key.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace sumline {
namespace {

/// Levenshtein's distance: insertions, deletions and replacements from `a` to `b`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_key(std::string_view key, const std::set<std::string, std::less<>>& known) {
  if (known.empty()) return "no key is known here";
  const auto nearest = std::min_element(known.begin(), known.end(), [&](const auto& a, const auto& b) {
    return edit_distance(key, a) < edit_distance(key, b);
  });
  if (2 * edit_distance(key, *nearest) <= std::max(key.size(), nearest->size())) {
    return fmt::format("did you mean \"{}\"?", *nearest);
  }
  return fmt::format("known keys: {}", fmt::join(known, ", "));
}

}  // namespace sumline
