// SPDX-License-Identifier: Apache-2.0
#include "configs/toml_value.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <map>
#include <optional>
#include <sstream>

#include "energy/error.hpp"

namespace sumline {
namespace {

/// Turns the parser's tree into ours, keeping the place of every key and value.
class Converter {
 public:
  Converter(std::string file, const std::map<std::string, std::string>& overridden)
      : file_(std::move(file)), overridden_(overridden) {}

  TomlValue convert(const toml::node& node, const std::string& path, const TomlPlace* inherited) const {
    TomlValue result;
    const auto entry = overridden_.find(path);
    result.place = inherited != nullptr         ? *inherited
                   : entry != overridden_.end() ? TomlPlace{entry->second, 0, 0}
                                                : place(node.source());
    const bool is_override = inherited != nullptr || entry != overridden_.end();
    result.data = data(node, path, is_override ? &result.place : nullptr);
    return result;
  }

 private:
  decltype(TomlValue::data) data(const toml::node& node, const std::string& path,
                                 const TomlPlace* inherited) const {
    if (const auto* table = node.as_table()) return members(*table, path, inherited);
    if (const auto* array = node.as_array()) {
      TomlValue::Array values;
      for (const toml::node& item : *array) {
        values.push_back(convert(item, fmt::format("{}[{}]", path, values.size()), inherited));
      }
      return values;
    }
    if (const auto* value = node.as_string()) return value->get();
    if (const auto* value = node.as_integer()) return value->get();
    if (const auto* value = node.as_floating_point()) return value->get();
    if (const auto* value = node.as_boolean()) return value->get();
    throw Error(fmt::format("{}: {}: dates and times are not used in configurations",
                            place(node.source()).text, path));
  }

  TomlValue::Table members(const toml::table& table, const std::string& path,
                           const TomlPlace* inherited) const {
    TomlValue::Table result;
    for (const auto& [key, node] : table) {
      const std::string member_path =
          path.empty() ? std::string(key.str()) : fmt::format("{}.{}", path, key.str());
      TomlValue value = convert(node, member_path, inherited);
      const bool written = key.source().begin.line != 0;
      TomlPlace key_place = written ? place(key.source()) : value.place;
      result.push_back({std::string(key.str()), std::move(key_place), std::move(value)});
    }
    return result;
  }

  TomlPlace place(const toml::source_region& region) const {
    const auto line = static_cast<std::uint32_t>(region.begin.line);
    const auto column = static_cast<std::uint32_t>(region.begin.column);
    if (line == 0) return {file_, 0, 0};
    return {fmt::format("{}:{}:{}", file_, line, column), line, column};
  }

  std::string file_;
  const std::map<std::string, std::string>& overridden_;  // dotted key -> "--set key=value"
};

/// @return a table with the one key "value", or nothing where `text` is not one TOML value.
std::optional<toml::table> parse_value(const std::string& text) {
  try {
    toml::table parsed = toml::parse("value = " + text);
    return parsed.size() == 1 ? std::optional(std::move(parsed)) : std::nullopt;
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

void apply(toml::table& root, const TomlOverride& change) {
  const std::string place = fmt::format("--set {}={}", change.key, change.value);
  toml::table* table = &root;
  std::string_view rest = change.key;
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    const std::string_view key = rest.substr(0, dot);
    toml::node& child = table->insert(key, toml::table{}).first->second;
    if (!child.is_table())
      throw Error(fmt::format("{}: {} is not a table: its keys cannot be set", place, key));
    table = child.as_table();
    rest.remove_prefix(dot + 1);
  }
  if (rest.empty()) throw Error(fmt::format("{}: a key must not end with a dot", place));
  const std::optional<toml::table> parsed = parse_value(change.value);
  if (parsed) {
    table->insert_or_assign(rest, *parsed->get("value"));
  } else {
    table->insert_or_assign(rest, change.value);
  }
}

}  // namespace

TomlOverride parse_override(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw Error(fmt::format("--set {}: must be key=value, for example adc.bits=5", argument));
  }
  return {std::string(argument.substr(0, equals)), std::string(argument.substr(equals + 1))};
}

TomlFile parse_toml(std::string_view text, const std::string& name,
                    const std::vector<TomlOverride>& overrides) {
  try {
    toml::table root = toml::parse(text, name);
    std::map<std::string, std::string> overridden;
    for (const TomlOverride& change : overrides) {
      apply(root, change);
      overridden[change.key] = fmt::format("--set {}={}", change.key, change.value);
    }
    std::ostringstream resolved;
    resolved << root << '\n';
    return {Converter(name, overridden).convert(root, "", nullptr), resolved.str()};
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw Error(fmt::format("{}:{}:{}: this is not TOML: {}", name, at.line, at.column, error.description()));
  }
}

std::string to_text(const TomlValue& value) {
  struct Print {
    std::string operator()(const std::string& text) const { return '"' + text + '"'; }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(double number) const {
      const std::string text = fmt::format("{}", number);
      const bool looks_whole = text.find_first_not_of("-0123456789") == std::string::npos;
      return looks_whole ? text + ".0" : text;
    }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(const TomlValue::Array&) const { return "an array"; }
    std::string operator()(const TomlValue::Table&) const { return "a table"; }
  };
  return std::visit(Print{}, value.data);
}

}  // namespace sumline
