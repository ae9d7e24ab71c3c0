// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sumline::cli {

/// Rows of text under a header, columns aligned: the first to the left, the others to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> header);
  /// @param cells as many as the header has
  void add(std::vector<std::string> cells);
  /// Lines end with '\n'; a rule stands under the header.
  std::string to_text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// 557968 as "557 968".
std::string grouped(std::uint64_t number);
/// `total` over `items`: an integer where it divides, else one decimal, grouped.
std::string mean(std::uint64_t total, std::uint64_t items);
/// 0.9915 as "99.15 %".
std::string percent(double ratio);

}  // namespace sumline::cli
