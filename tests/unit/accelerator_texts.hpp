// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "configs/accelerator_loader.hpp"
#include "configs/presets.hpp"
#include "energy/error.hpp"

/// Texts of accelerators, and what the loader says of them.
namespace sumline::test {

inline std::string preset_text(std::string_view name) {
  for (const Preset& preset : presets()) {
    if (preset.folder == "accelerators" && preset.name == name) return std::string(preset.text);
  }
  FAIL("no preset " << name);
  return {};
}

/// "accepted" where it is.
inline std::string message(const std::string& text, const std::vector<TomlOverride>& overrides = {}) {
  try {
    read_accelerator(TomlDocument(text, "bad.toml", overrides));
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

/// A preset with one line changed. `section` is the table's header, "" before the first.
struct BadFile {
  std::string text;
  std::size_t line = 0;    ///< of the changed line, or of the header where the line was removed
  std::size_t column = 1;  ///< of the value

  std::string at_value() const { return fmt::format("bad.toml:{}:{}: ", line, column); }
  std::string at_line() const { return fmt::format("bad.toml:{}:1: ", line); }
};

/// Replaces the line `key = ...` of `section` by `replacement` (may be empty) in the text of `preset`.
inline BadFile change(const std::string& preset, const std::string& section, const std::string& key,
                      const std::string& replacement) {
  std::istringstream lines(preset_text(preset));
  BadFile bad;
  std::string current;
  std::string line;
  std::size_t header = 1;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.rfind('[', 0) == 0) {
      current = line.substr(1, line.find(']') - 1);
      header = number;
    }
    if (current == section && line.rfind(key + " = ", 0) == 0) {
      bad.line = replacement.empty() ? header : number;
      bad.column = replacement.find(" = ") + 4;
      line = replacement;
    }
    bad.text += line + '\n';
  }
  REQUIRE(bad.line != 0);
  return bad;
}

}  // namespace sumline::test
