// SPDX-License-Identifier: Apache-2.0
#include "cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "energy/error.hpp"

namespace sumline::cli {

Table::Table(std::vector<std::string> header) {
  rows_.push_back(std::move(header));
}

void Table::add(std::vector<std::string> cells) {
  SUMLINE_ASSERT(cells.size() == rows_.front().size(), "a table row has one cell per column");
  rows_.push_back(std::move(cells));
}

std::string Table::to_text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
  std::string text;
  for (std::size_t index = 0; index < rows_.size(); ++index) {
    text += fmt::format("{:<{}}", rows_[index][0], widths[0]);
    for (std::size_t column = 1; column < widths.size(); ++column) {
      text += fmt::format("  {:>{}}", rows_[index][column], widths[column]);
    }
    text += '\n';
    if (index == 0) {
      std::size_t rule = widths[0];
      for (std::size_t column = 1; column < widths.size(); ++column) {
        rule += 2 + widths[column];
      }
      text += std::string(rule, '-') + '\n';
    }
  }
  return text;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t from_end = 3; from_end < digits.size(); from_end += 4) {
    digits.insert(digits.size() - from_end, 1, ' ');
  }
  return digits;
}

std::string mean(std::uint64_t total, std::uint64_t items) {
  if (total % items == 0) {
    return grouped(total / items);
  }
  const std::uint64_t tenths = (10 * total + items / 2) / items;
  return grouped(tenths / 10) + '.' + std::to_string(tenths % 10);
}

std::string percent(double ratio) {
  return fmt::format("{:.2f} %", 100 * ratio);
}

}  // namespace sumline::cli
