// SPDX-License-Identifier: Apache-2.0
#include "tests/support/schema.hpp"

#include <nlohmann/json.hpp>

namespace sumline::test {
namespace {

using nlohmann::json;

bool has_type(const json& value, const std::string& type) {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return type == value.type_name();
}

bool has_one_type(const json& value, const json& types) {
  if (types.is_string()) {
    return has_type(value, types);
  }
  return std::any_of(types.begin(), types.end(), [&](const json& type) { return has_type(value, type); });
}

std::string object_violations(const json& value, const json& schema, const std::string& path) {
  std::string violations;
  for (const auto& key : schema.value("required", json::array())) {
    if (!value.contains(key)) {
      violations += path + '.' + std::string(key) + ": missing\n";
    }
  }
  const json properties = schema.value("properties", json::object());
  for (const auto& [key, member] : value.items()) {
    const std::string member_path = path + '.' + key;
    if (properties.contains(key)) {
      violations += schema_violations(member, properties[key], member_path);
    } else if (schema.contains("additionalProperties")) {
      violations += schema_violations(member, schema["additionalProperties"], member_path);
    } else {
      violations += member_path + ": not in the schema\n";
    }
  }
  return violations;
}

}  // namespace

std::string schema_violations(const json& value, const json& schema, const std::string& path) {
  if (!has_one_type(value, schema.at("type"))) {
    return path + ": a " + value.type_name() + ", the schema wants " + schema["type"].dump() + '\n';
  }
  if (value.is_object()) {
    return object_violations(value, schema, path);
  }
  std::string violations;
  if (value.is_array()) {
    for (std::size_t index = 0; index < value.size(); ++index) {
      violations +=
          schema_violations(value[index], schema.at("items"), path + '[' + std::to_string(index) + ']');
    }
  }
  return violations;
}

}  // namespace sumline::test
