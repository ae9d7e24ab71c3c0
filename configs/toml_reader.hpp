// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "configs/toml_value.hpp"
#include "energy/units.hpp"

/// Reads a TOML file key by key and remembers what was asked, so that a key nobody asked for is found
/// mechanically. Problems are collected, not thrown: an accessor that fails notes one and returns a zero
/// value, and TomlDocument::finish() throws them all as one Error, one line each: `file:line:column: key =
/// value: rule`.
namespace sumline {

class TomlTable;

/// What can be told about a number: both ends belong to the range.
template <class T>
struct Range {
  T low;
  T high;
};

class TomlDocument {
 public:
  /// @throws Error where the file cannot be read or is not TOML.
  explicit TomlDocument(const std::filesystem::path& file, const std::vector<TomlOverride>& overrides = {});
  /// @param name stands for the file in messages @throws Error where the text is not TOML.
  TomlDocument(std::string_view text, const std::string& name,
               const std::vector<TomlOverride>& overrides = {});

  TomlTable root() const;
  /// The file with its overrides, as TOML text.
  const std::string& text() const;
  bool has_problems() const;
  /// @throws Error with every problem of the pass, unread keys among them, in the order of the file.
  void finish() const;

 private:
  friend class TomlTable;
  struct State;
  std::shared_ptr<State> state_;
};

/// One table of a document. Keys in messages are dotted paths from the root ("bank.shift_adder.energy").
class TomlTable {
 public:
  bool has(std::string_view key) const;
  /// Names of all keys, sorted; for tables whose keys the user invents. Does not count as reading them.
  std::vector<std::string> keys() const;

  std::string text(std::string_view key) const;
  bool boolean(std::string_view key) const;
  std::uint64_t integer(std::string_view key, Range<std::uint64_t> range) const;
  std::uint32_t integer32(std::string_view key, Range<std::uint32_t> range) const;
  double number(std::string_view key, Range<double> range) const;
  std::vector<std::uint64_t> integers(std::string_view key, Range<std::uint64_t> range) const;
  std::vector<double> numbers(std::string_view key, Range<double> range) const;
  std::vector<std::string> texts(std::string_view key) const;
  /// A physical quantity, e.g. quantity<Second>("read_time").
  template <class Quantity>
  Quantity quantity(std::string_view key) const {
    return read_quantity<Quantity>(key, true);
  }
  /// As `quantity`, but 0 is refused.
  template <class Quantity>
  Quantity positive(std::string_view key) const {
    return read_quantity<Quantity>(key, false);
  }
  /// One of a list of words, e.g. choice<LutMode>("mode", {{"direct", LutMode::direct}}).
  template <class Enum>
  Enum choice(std::string_view key, std::initializer_list<std::pair<std::string_view, Enum>> words) const;

  /// The same for a word that decides which other keys the table has. Where it is none of the list, that is
  /// the one problem: nobody can tell which keys are missing or unknown.
  template <class Enum>
  std::optional<Enum> deciding_choice(std::string_view key,
                                      std::initializer_list<std::pair<std::string_view, Enum>> words) const;

  /// A sub-table that must be there. Where it is not, one problem is noted and everything read from it is
  /// zero.
  TomlTable table(std::string_view key) const;
  /// An array of tables, [[key]].
  std::vector<TomlTable> tables(std::string_view key) const;

  /// Notes a problem with a key that is there (or with this table, where it is not).
  void problem(std::string_view key, const std::string& rule) const;

 private:
  friend class TomlDocument;
  TomlTable(std::shared_ptr<TomlDocument::State> state, const TomlValue* value, std::string path)
      : state_(std::move(state)), value_(value), path_(std::move(path)) {}

  const TomlMember* member(std::string_view key) const;
  const TomlValue* required(std::string_view key, const std::string& rule) const;
  template <class T>
  const T* typed(std::string_view key, const std::string& rule) const;
  template <class Quantity>
  Quantity read_quantity(std::string_view key, bool zero_allowed) const;
  std::optional<std::size_t> word_index(std::string_view key,
                                        const std::vector<std::string_view>& words) const;
  void leave_other_keys() const;
  std::string path_of(std::string_view key) const;

  std::shared_ptr<TomlDocument::State> state_;
  const TomlValue* value_;  // null: the table is missing, which is already noted
  std::string path_;
};

extern template Joule TomlTable::read_quantity<Joule>(std::string_view, bool) const;
extern template Second TomlTable::read_quantity<Second>(std::string_view, bool) const;
extern template Watt TomlTable::read_quantity<Watt>(std::string_view, bool) const;
extern template SquareMetre TomlTable::read_quantity<SquareMetre>(std::string_view, bool) const;
extern template Hertz TomlTable::read_quantity<Hertz>(std::string_view, bool) const;

template <class Enum>
Enum TomlTable::choice(std::string_view key,
                       std::initializer_list<std::pair<std::string_view, Enum>> words) const {
  std::vector<std::string_view> names;
  for (const auto& word : words) names.push_back(word.first);
  return words.begin()[word_index(key, names).value_or(0)].second;
}

template <class Enum>
std::optional<Enum> TomlTable::deciding_choice(
    std::string_view key, std::initializer_list<std::pair<std::string_view, Enum>> words) const {
  std::vector<std::string_view> names;
  for (const auto& word : words) names.push_back(word.first);
  if (const auto index = word_index(key, names)) return words.begin()[*index].second;
  leave_other_keys();
  return std::nullopt;
}

}  // namespace sumline
