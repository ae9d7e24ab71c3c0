// SPDX-License-Identifier: Apache-2.0
#include "configs/presets.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "energy/error.hpp"

namespace sumline {

std::vector<std::string> preset_names(std::string_view folder) {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) {
    if (preset.folder == folder) names.emplace_back(preset.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

TomlDocument open_config(std::string_view folder, const std::string& argument,
                         const std::vector<TomlOverride>& overrides) {
  const bool is_path = argument.find('/') != std::string::npos || argument.ends_with(".toml");
  if (is_path) return TomlDocument(std::filesystem::path(argument), overrides);
  const auto all = presets();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Preset& p) { return p.folder == folder && p.name == argument; });
  if (found == all.end()) {
    throw Error(
        fmt::format("{}: there is no such preset: known {} are {}; a file needs a '/' or the ending .toml",
                    argument, folder, fmt::join(preset_names(folder), ", ")));
  }
  return TomlDocument(found->text, fmt::format("presets/{}/{}.toml", folder, argument), overrides);
}

}  // namespace sumline
