// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "configs/toml_reader.hpp"

/// The files below configs/presets/, built into the program so that it needs no path to find them.
namespace sumline {

struct Preset {
  std::string_view folder;  ///< "accelerators", "networks", "recipes"
  std::string_view name;    ///< file name without ".toml"
  std::string_view text;
};

/// All presets, folder by folder.
std::span<const Preset> presets();

/// Sorted names of one folder's presets.
std::vector<std::string> preset_names(std::string_view folder);

/// @param argument a preset's name, or a path: anything that contains a '/' or ends in ".toml".
/// @throws Error: no such preset (and which there are), no such file, not TOML.
TomlDocument open_config(std::string_view folder, const std::string& argument,
                         const std::vector<TomlOverride>& overrides = {});

}  // namespace sumline
