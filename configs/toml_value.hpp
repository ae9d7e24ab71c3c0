// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// A parsed TOML file as plain values that remember where they stand. Keeps the parser's headers in one
/// source file.
namespace sumline {

/// Where a key or value was written.
struct TomlPlace {
  std::string text;  ///< "file:line:column", or "--set key=value" for an override
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct TomlMember;

struct TomlValue {
  using Array = std::vector<TomlValue>;
  using Table = std::vector<TomlMember>;

  std::variant<std::string, std::int64_t, double, bool, Array, Table> data;
  TomlPlace place;

  const Table* table() const { return std::get_if<Table>(&data); }
};

struct TomlMember {
  std::string key;
  TomlPlace place;  ///< of the key
  TomlValue value;
};

/// One `--set key=value`: a dotted key, and text that is read as a TOML value, or as a string where it is
/// none ("10 ns").
struct TomlOverride {
  std::string key;
  std::string value;
};

/// Splits "key=value". @throws Error where there is no '=' or no key.
TomlOverride parse_override(std::string_view argument);

struct TomlFile {
  TomlValue root;    ///< a table, with the overrides in it
  std::string text;  ///< the same as TOML text: what a run directory keeps
};

/// @param name stands for the file in messages
/// @throws Error for text that is not TOML, for dates (no configuration has one) and for an override below a
/// plain value.
TomlFile parse_toml(std::string_view text, const std::string& name,
                    const std::vector<TomlOverride>& overrides);

/// The value as a message quotes it: `"7.68 ns"`, 40, true, "an array", "a table".
std::string to_text(const TomlValue& value);

}  // namespace sumline
