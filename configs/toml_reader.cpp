// SPDX-License-Identifier: Apache-2.0
#include "configs/toml_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <tuple>

#include "configs/nearest_key.hpp"
#include "energy/error.hpp"

namespace sumline {

namespace {

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file)) {
    const char* reason = std::filesystem::is_directory(file) ? "it is a folder" : std::strerror(errno);
    throw Error(fmt::format("{}: cannot be read: {}", file.string(), reason));
  }
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string join(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

template <class T>
std::string range_rule(std::string_view kind, Range<T> range) {
  return fmt::format("must be {} {}..{}", kind, range.low, range.high);
}

/// Not a number where the value is none: no range holds it.
double as_number(const TomlValue& value) {
  const auto* real = std::get_if<double>(&value.data);
  const auto* whole = std::get_if<std::int64_t>(&value.data);
  return real != nullptr ? *real : whole != nullptr ? static_cast<double>(*whole) : std::nan("");
}

}  // namespace

struct TomlDocument::State {
  struct Problem {
    TomlPlace place;
    std::string text;
  };

  TomlFile file;
  std::vector<Problem> problems;
  std::map<std::string, std::set<std::string, std::less<>>> asked;  // table path -> keys asked for
  std::set<std::string> unjudged;  // paths of tables whose keys depend on a bad one

  void note(const TomlPlace& place, std::string_view path, const TomlValue* value, const std::string& rule) {
    const std::string found =
        value == nullptr ? std::string(path) : fmt::format("{} = {}", path, to_text(*value));
    problems.push_back({place, fmt::format("{}: {}: {}", place.text, found, rule)});
  }
  void note_unread(const TomlValue& value, const std::string& path);
};

/// Notes every key below `value` that nobody asked for; an unknown table is one problem.
void TomlDocument::State::note_unread(const TomlValue& value, const std::string& path) {
  if (const auto* items = std::get_if<TomlValue::Array>(&value.data)) {
    for (std::size_t i = 0; i < items->size(); ++i) note_unread((*items)[i], fmt::format("{}[{}]", path, i));
  }
  if (value.table() == nullptr) return;
  const auto& known = asked[path];
  for (const TomlMember& member : *value.table()) {
    const std::string member_path = join(path, member.key);
    if (known.contains(member.key)) {
      note_unread(member.value, member_path);
    } else if (!unjudged.contains(path)) {
      note(member.place, member_path, nullptr, "unknown key; " + nearest_key(member.key, known));
    }
  }
}

TomlDocument::TomlDocument(const std::filesystem::path& file, const std::vector<TomlOverride>& overrides)
    : TomlDocument(read_file(file), file.string(), overrides) {}

TomlDocument::TomlDocument(std::string_view text, const std::string& name,
                           const std::vector<TomlOverride>& overrides)
    : state_(std::make_shared<State>()) {
  state_->file = parse_toml(text, name, overrides);
}

TomlTable TomlDocument::root() const {
  return {state_, &state_->file.root, ""};
}
const std::string& TomlDocument::text() const {
  return state_->file.text;
}
bool TomlDocument::has_problems() const {
  return !state_->problems.empty();
}

void TomlDocument::finish() const {
  State found = *state_;
  found.note_unread(found.file.root, "");
  if (found.problems.empty()) return;
  std::stable_sort(found.problems.begin(), found.problems.end(), [](const auto& a, const auto& b) {
    return std::tie(a.place.line, a.place.column) < std::tie(b.place.line, b.place.column);
  });
  std::vector<std::string> lines;
  for (const State::Problem& problem : found.problems) lines.push_back(problem.text);
  throw Error(fmt::format("{}", fmt::join(lines, "\n")));
}

std::string TomlTable::path_of(std::string_view key) const {
  return join(path_, key);
}

const TomlMember* TomlTable::member(std::string_view key) const {
  if (value_ == nullptr) return nullptr;
  state_->asked[path_].emplace(key);
  const TomlValue::Table& members = *value_->table();
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.key == key; });
  return found == members.end() ? nullptr : &*found;
}

bool TomlTable::has(std::string_view key) const {
  return member(key) != nullptr;
}

std::vector<std::string> TomlTable::keys() const {
  std::vector<std::string> result;
  if (value_ == nullptr) return result;
  for (const TomlMember& entry : *value_->table()) result.push_back(entry.key);
  return result;
}

void TomlTable::problem(std::string_view key, const std::string& rule) const {
  if (value_ == nullptr) return;
  const TomlMember* found = member(key);
  const TomlValue* value = found == nullptr ? nullptr : &found->value;
  state_->note(value == nullptr ? value_->place : value->place, path_of(key), value, rule);
}

const TomlValue* TomlTable::required(std::string_view key, const std::string& rule) const {
  if (const TomlMember* found = member(key)) return &found->value;
  if (value_ != nullptr) state_->note(value_->place, path_of(key), nullptr, "missing; it " + rule);
  return nullptr;
}

template <class T>
const T* TomlTable::typed(std::string_view key, const std::string& rule) const {
  const TomlValue* value = required(key, rule);
  if (value == nullptr) return nullptr;
  const T* result = std::get_if<T>(&value->data);
  if (result == nullptr) problem(key, rule);
  return result;
}

std::string TomlTable::text(std::string_view key) const {
  const std::string rule = "must be a text in quotes that is not empty";
  const auto* value = typed<std::string>(key, rule);
  if (value != nullptr && value->empty()) problem(key, rule);
  return value == nullptr ? std::string() : *value;
}

bool TomlTable::boolean(std::string_view key) const {
  const auto* value = typed<bool>(key, "must be true or false");
  return value != nullptr && *value;
}

std::uint64_t TomlTable::integer(std::string_view key, Range<std::uint64_t> range) const {
  const std::string rule = range_rule("an integer", range);
  const auto* value = typed<std::int64_t>(key, rule);
  if (value == nullptr) return 0;
  if (*value >= 0 && static_cast<std::uint64_t>(*value) >= range.low &&
      static_cast<std::uint64_t>(*value) <= range.high) {
    return static_cast<std::uint64_t>(*value);
  }
  problem(key, rule);
  return 0;
}

std::uint32_t TomlTable::integer32(std::string_view key, Range<std::uint32_t> range) const {
  return static_cast<std::uint32_t>(integer(key, {range.low, range.high}));
}

double TomlTable::number(std::string_view key, Range<double> range) const {
  const std::string rule = range_rule("a number", range);
  const TomlValue* value = required(key, rule);
  if (value == nullptr) return 0;
  const double result = as_number(*value);
  if (result >= range.low && result <= range.high) return result;
  problem(key, rule);
  return 0;
}

std::vector<double> TomlTable::numbers(std::string_view key, Range<double> range) const {
  const std::string rule = range_rule("an array of numbers", range);
  const TomlValue::Array* items = typed<TomlValue::Array>(key, rule);
  std::vector<double> result;
  for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
    const double value = as_number((*items)[i]);
    const bool valid = value >= range.low && value <= range.high;
    if (!valid) state_->note((*items)[i].place, fmt::format("{}[{}]", path_of(key), i), &(*items)[i], rule);
    result.push_back(valid ? value : 0);
  }
  return result;
}

std::vector<std::uint64_t> TomlTable::integers(std::string_view key, Range<std::uint64_t> range) const {
  const std::string rule = range_rule("an array of integers", range);
  const auto* items = typed<TomlValue::Array>(key, rule);
  std::vector<std::uint64_t> result;
  for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
    const auto* value = std::get_if<std::int64_t>(&(*items)[i].data);
    const bool valid = value != nullptr && *value >= 0 && static_cast<std::uint64_t>(*value) >= range.low &&
                       static_cast<std::uint64_t>(*value) <= range.high;
    if (!valid) state_->note((*items)[i].place, fmt::format("{}[{}]", path_of(key), i), &(*items)[i], rule);
    result.push_back(valid ? static_cast<std::uint64_t>(*value) : 0);
  }
  return result;
}

std::vector<std::string> TomlTable::texts(std::string_view key) const {
  const std::string rule = "must be an array of texts in quotes";
  const auto* items = typed<TomlValue::Array>(key, rule);
  std::vector<std::string> result;
  for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
    const auto* value = std::get_if<std::string>(&(*items)[i].data);
    if (value == nullptr)
      state_->note((*items)[i].place, fmt::format("{}[{}]", path_of(key), i), &(*items)[i], rule);
    result.push_back(value == nullptr ? std::string() : *value);
  }
  return result;
}

template <class Quantity>
Quantity TomlTable::read_quantity(std::string_view key, bool zero_allowed) const {
  const std::string rule = quantity_rule<Quantity>();
  const auto* value = typed<std::string>(key, rule);
  if (value == nullptr) return Quantity{};
  const std::optional<Quantity> result = try_parse<Quantity>(*value);
  if (!result) problem(key, rule);
  if (result == Quantity{} && !zero_allowed) problem(key, "must be more than 0");
  return result.value_or(Quantity{});
}
template Joule TomlTable::read_quantity<Joule>(std::string_view, bool) const;
template Second TomlTable::read_quantity<Second>(std::string_view, bool) const;
template Watt TomlTable::read_quantity<Watt>(std::string_view, bool) const;
template SquareMetre TomlTable::read_quantity<SquareMetre>(std::string_view, bool) const;
template Hertz TomlTable::read_quantity<Hertz>(std::string_view, bool) const;

std::optional<std::size_t> TomlTable::word_index(std::string_view key,
                                                 const std::vector<std::string_view>& words) const {
  const std::string rule = fmt::format("must be one of \"{}\"", fmt::join(words, "\", \""));
  const auto* value = typed<std::string>(key, rule);
  if (value == nullptr) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), *value);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  problem(key, rule);
  return std::nullopt;
}

void TomlTable::leave_other_keys() const {
  state_->unjudged.insert(path_);
}

TomlTable TomlTable::table(std::string_view key) const {
  const TomlValue* value = required(key, "must be a table");
  if (value != nullptr && value->table() == nullptr) {
    problem(key, "must be a table");
    value = nullptr;
  }
  return {state_, value, path_of(key)};
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
  const std::string rule = "must be an array of tables, each headed [[" + path_of(key) + "]]";
  const auto* items = typed<TomlValue::Array>(key, rule);
  std::vector<TomlTable> result;
  for (std::size_t i = 0; items != nullptr && i < items->size(); ++i) {
    const TomlValue& item = (*items)[i];
    const std::string path = fmt::format("{}[{}]", path_of(key), i);
    if (item.table() == nullptr) state_->note(item.place, path, &item, rule);
    if (item.table() != nullptr) result.push_back({state_, &item, path});
  }
  return result;
}

}  // namespace sumline
