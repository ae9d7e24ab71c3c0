// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "cli/commands.hpp"
#include "configs/presets.hpp"

namespace sumline::cli {
namespace {

bool is_run(const std::string& source) {
  return std::filesystem::is_directory(source);
}

}  // namespace

ConfigKind kind_of(const std::string& file) {
  for (const Preset& preset : presets()) {
    if (preset.name == file) {
      return preset.folder == "accelerators" ? ConfigKind::accelerator
             : preset.folder == "networks"   ? ConfigKind::network
                                             : ConfigKind::recipe;
    }
  }
  if (!std::filesystem::exists(file)) {
    return ConfigKind::accelerator;  // its loader's message lists what there is
  }
  const TomlTable root = TomlDocument(std::filesystem::path(file)).root();
  return root.has("layers")    ? ConfigKind::network
         : root.has("network") ? ConfigKind::recipe
                               : ConfigKind::accelerator;
}

bool needs_training_side(const Command& command) {
  if (const auto* options = std::get_if<EvaluateOptions>(&command)) {
    return is_run(options->source);
  }
  if (const auto* options = std::get_if<SimulateOptions>(&command)) {
    return is_run(options->evaluate.source);
  }
  if (const auto* options = std::get_if<AdcProfileOptions>(&command)) {
    return is_run(options->evaluate.source);
  }
  if (const auto* options = std::get_if<CheckOptions>(&command)) {
    return kind_of(options->file) != ConfigKind::accelerator;
  }
  return !std::holds_alternative<PacErrorOptions>(command);
}

}  // namespace sumline::cli
