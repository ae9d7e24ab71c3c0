// SPDX-License-Identifier: Apache-2.0
#include "nn/recipe.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "configs/presets.hpp"

namespace sumline {
namespace {

constexpr std::uint64_t kMaxImages = 10'000'000;

DataConfig read_data(const TomlTable& table) {
  DataConfig data;
  data.kind = table.choice<DataKind>("kind", {{"digits", DataKind::digits},
                                              {"mnist", DataKind::mnist},
                                              {"cifar10", DataKind::cifar10},
                                              {"cifar100", DataKind::cifar100}});
  const bool generated = data.kind == DataKind::digits;
  if (generated) {
    data.seed = table.integer32("seed", {0, UINT32_MAX});
  } else {
    data.path = table.text("path");
  }
  if (generated || table.has("train_images"))
    data.train_images = table.integer("train_images", {1, kMaxImages});
  if (generated || table.has("test_images")) data.test_images = table.integer("test_images", {1, kMaxImages});
  if (table.has("pixel_scale")) data.pixel_scale = table.number("pixel_scale", {1e-6, 1e6});
  return data;
}

OptimizerConfig read_optimizer(const TomlTable& table) {
  return {table.number("learning_rate", {0, 1e6}), table.number("momentum", {0, 1}),
          table.number("weight_decay", {0, 1e6}), table.number("final_rate", {0, 1})};
}

AugmentationConfig read_augmentation(const TomlTable& table) {
  AugmentationConfig augmentation;
  if (table.has("crop_padding")) augmentation.crop_padding = table.integer32("crop_padding", {0, 64});
  if (table.has("flip")) augmentation.flip = table.boolean("flip");
  return augmentation;
}

/// `--set bits=54867` would be read as a number, but bits is text.
std::vector<TomlOverride> with_text_bits(std::vector<TomlOverride> overrides) {
  for (TomlOverride& entry : overrides) {
    if (entry.key == "bits" && entry.value.find('"') == std::string::npos)
      entry.value = '"' + entry.value + '"';
  }
  return overrides;
}

}  // namespace

Recipe load_recipe(const std::string& name, const std::vector<TomlOverride>& overrides) {
  const TomlDocument document = open_config("recipes", name, with_text_bits(overrides));
  const TomlTable root = document.root();
  Recipe recipe;
  recipe.network = root.text("network");
  recipe.bits = root.text("bits");
  recipe.epochs = root.integer32("epochs", {1, 100'000});
  recipe.batch = root.integer32("batch", {1, 1U << 16});
  recipe.seed = root.integer("seed", {0, INT64_MAX});
  recipe.threads = root.integer32("threads", {1, 1024});
  recipe.data = read_data(root.table("data"));
  recipe.optimizer = read_optimizer(root.table("optimizer"));
  if (root.has("augmentation")) recipe.augmentation = read_augmentation(root.table("augmentation"));
  recipe.text = document.text();
  document.finish();
  return recipe;
}

double learning_rate(const Recipe& recipe, std::uint32_t epoch) {
  const double first = recipe.optimizer.learning_rate;
  const double last = recipe.optimizer.final_rate * first;
  const double phase = std::numbers::pi * epoch / recipe.epochs;
  return last + (first - last) * (1 + std::cos(phase)) / 2;
}

}  // namespace sumline
