// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sumline::test {

/// Checks `value` against the part of JSON Schema that results.schema.json uses: type, required, properties,
/// additionalProperties and items. Keys that the schema does not name are reported too, so that the file
/// stays complete.
/// @return every violation, one line each; empty where there is none
std::string schema_violations(const nlohmann::json& value, const nlohmann::json& schema,
                              const std::string& path = "");

}  // namespace sumline::test
