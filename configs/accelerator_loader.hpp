// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "configs/accelerator.hpp"
#include "configs/toml_reader.hpp"

namespace sumline {

/// Reads an accelerator from a document and checks every rule of docs/accelerators.md.
/// @throws Error with all problems, one line each: `file:line:column: key = value: rule`.
Accelerator read_accelerator(const TomlDocument& document);

/// @param argument a preset's name ("redpim") or a path (anything with a '/' or ending in ".toml").
/// @throws Error as read_accelerator, or where there is no such preset or file.
Accelerator load_accelerator(const std::string& argument, const std::vector<TomlOverride>& overrides = {});

}  // namespace sumline
