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
                                              {"cifar100", DataKind::cifar100},
                                              {"folder", DataKind::folder}});
  const bool generated = data.kind == DataKind::digits;
  if (generated) {
    data.seed = table.integer32("seed", {0, UINT32_MAX});
  } else {
    data.path = table.text("path");
  }
  if (data.kind == DataKind::folder) data.origin = table.integer32("origin", {1, 4096});
  if (generated || table.has("train_images"))
    data.train_images = table.integer("train_images", {1, kMaxImages});
  if (generated || table.has("test_images")) data.test_images = table.integer("test_images", {1, kMaxImages});
  if (table.has("pixel_scale")) data.pixel_scale = table.number("pixel_scale", {1e-6, 1e6});
  if (table.has("pixel_mean")) data.pixel_mean = table.numbers("pixel_mean", {-1e6, 1e6});
  if (table.has("pixel_deviation")) data.pixel_deviation = table.numbers("pixel_deviation", {1e-6, 1e6});
  return data;
}

void read_steps(const TomlTable& table, OptimizerConfig& optimizer) {
  for (const TomlTable& step : table.tables("steps")) {
    optimizer.steps.push_back(
        {step.integer32("epoch", {1, 100'000}), step.number("learning_rate", {0, 1e6})});
    const std::size_t count = optimizer.steps.size();
    if (count > 1 && optimizer.steps[count - 2].epoch >= optimizer.steps.back().epoch) {
      step.problem("epoch", "must be above that of the step before");
    }
  }
}

/// @param table of the optimiser or of a stage
void read_rates(const TomlTable& table, OptimizerConfig& optimizer) {
  optimizer.learning_rate = table.number("learning_rate", {0, 1e6});
  if (table.has("steps")) {
    read_steps(table, optimizer);
  } else if (optimizer.kind == OptimizerKind::sgd) {
    optimizer.final_rate = table.number("final_rate", {0, 1});
  }
}

/// All but the rates.
OptimizerConfig read_optimizer(const TomlTable& table) {
  OptimizerConfig optimizer;
  if (table.has("kind")) {
    optimizer.kind =
        table.choice<OptimizerKind>("kind", {{"sgd", OptimizerKind::sgd}, {"adam", OptimizerKind::adam}});
  }
  optimizer.weight_decay = table.number("weight_decay", {0, 1e6});
  if (optimizer.kind == OptimizerKind::adam) {
    optimizer.rebuild_every_epoch = table.boolean("rebuild_every_epoch");
  } else {
    optimizer.momentum = table.number("momentum", {0, 1});
  }
  return optimizer;
}

TargetConfig read_targets(const TomlTable& table) {
  TargetConfig targets;
  if (table.has("label_smoothing")) targets.label_smoothing = table.number("label_smoothing", {0, 0.9});
  if (table.has("mixup")) targets.mixup = table.number("mixup", {0, 100});
  return targets;
}

double read_trim_noise(const TomlTable& table) {
  return table.has("trim_noise") ? table.number("trim_noise", {0, 1000}) / 100 : 0.0;
}

StageConfig read_stage(const TomlTable& table, const OptimizerConfig& optimizer) {
  StageConfig stage{table.text("name"), table.integer32("epochs", {1, 100'000}), optimizer,
                    read_targets(table), read_trim_noise(table)};
  read_rates(table, stage.optimizer);
  if (stage.name.empty() || stage.name.find('/') != std::string::npos) {
    table.problem("name", "must be the name of a folder");
  }
  return stage;
}

std::vector<StageConfig> read_stages(const TomlTable& root, const OptimizerConfig& optimizer) {
  std::vector<StageConfig> stages;
  for (const TomlTable& table : root.tables("stages")) {
    stages.push_back(read_stage(table, optimizer));
    const auto same = [&](const StageConfig& other) { return other.name == stages.back().name; };
    if (std::count_if(stages.begin(), stages.end(), same) > 1)
      table.problem("name", "is the name of another stage");
  }
  return stages;
}

Slope read_slope(const TomlTable& table, const char* key) {
  return table.choice<Slope>(key,
                             {{"impulse", Slope::impulse}, {"straight-through", Slope::straight_through}});
}

ConverterSigmas read_sigmas(const TomlTable& table) {
  const auto values = table.numbers("sigmas", {1e-3, 1e6});
  ConverterSigmas sigmas{};
  if (values.size() != sigmas.size()) {
    table.problem("sigmas", "must be four numbers: for converters of 1, 2, 3 and 4 bits");
    return sigmas;
  }
  std::copy(values.begin(), values.end(), sigmas.begin());
  return sigmas;
}

ConverterTraining read_converter(const TomlTable& table) {
  ConverterTraining training;
  training.slope = read_slope(table, "slope");
  if (table.has("operand_slope")) training.operand_slope = read_slope(table, "operand_slope");
  if (table.has("sigmas") == table.has("sigma_set")) {
    table.problem("sigmas", "give either sigmas = [...] or sigma_set = \"published\" or \"released\"");
  } else if (table.has("sigmas")) {
    training.sigmas = read_sigmas(table);
  } else {
    training.sigmas = table.choice<ConverterSigmas>(
        "sigma_set", {{"published", kPublishedSigmas}, {"released", kReleasedSigmas}});
  }
  return training;
}

AugmentationConfig read_augmentation(const TomlTable& table) {
  AugmentationConfig augmentation;
  if (table.has("crop_padding")) augmentation.crop_padding = table.integer32("crop_padding", {0, 64});
  if (table.has("flip")) augmentation.flip = table.boolean("flip");
  const auto optional = [&](const char* key, double high, double& value) {
    if (table.has(key)) value = table.number(key, {0, high});
  };
  optional("rotation", 180, augmentation.rotation);
  optional("brightness", 1, augmentation.brightness);
  optional("contrast", 1, augmentation.contrast);
  optional("saturation", 1, augmentation.saturation);
  optional("hue", 0.5, augmentation.hue);
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
  if (root.has("network_set")) {
    for (const std::string& entry : root.texts("network_set")) {
      recipe.network_overrides.push_back(parse_override(entry));
    }
  }
  recipe.bits = root.text("bits");
  if (root.has("evaluate_bits")) recipe.evaluate_bits = root.texts("evaluate_bits");
  if (root.has("converter")) recipe.converter = read_converter(root.table("converter"));
  if (root.has("loss")) {
    recipe.loss = root.choice<Loss>("loss", {{"cross-entropy", Loss::cross_entropy}, {"hinge", Loss::hinge}});
  }
  recipe.batch = root.integer32("batch", {1, 1U << 16});
  recipe.seed = root.integer("seed", {0, INT64_MAX});
  recipe.threads = root.integer32("threads", {1, 1024});
  recipe.data = read_data(root.table("data"));
  const TomlTable optimizer = root.table("optimizer");
  recipe.optimizer = read_optimizer(optimizer);
  if (root.has("stages")) {
    recipe.stages = read_stages(root, recipe.optimizer);
  } else {
    recipe.epochs = root.integer32("epochs", {1, 100'000});
    read_rates(optimizer, recipe.optimizer);
    recipe.targets = read_targets(root);
    recipe.trim_noise = read_trim_noise(root);
  }
  if (root.has("augmentation")) recipe.augmentation = read_augmentation(root.table("augmentation"));
  recipe.text = document.text();
  document.finish();
  return recipe;
}

Recipe stage_recipe(const Recipe& recipe, std::size_t index) {
  const StageConfig& stage = recipe.stages.at(index);
  Recipe alone = recipe;
  alone.epochs = stage.epochs;
  alone.optimizer = stage.optimizer;
  alone.targets = stage.targets;
  alone.trim_noise = stage.trim_noise;
  alone.stages.clear();
  return alone;
}

double learning_rate(const Recipe& recipe, std::uint32_t epoch) {
  const double first = recipe.optimizer.learning_rate;
  if (recipe.optimizer.kind == OptimizerKind::adam || !recipe.optimizer.steps.empty()) {
    double rate = first;
    for (const RateStep& step : recipe.optimizer.steps)
      rate = epoch >= step.epoch ? step.learning_rate : rate;
    return rate;
  }
  const double last = recipe.optimizer.final_rate * first;
  const double phase = std::numbers::pi * epoch / recipe.epochs;
  return last + (first - last) * (1 + std::cos(phase)) / 2;
}

}  // namespace sumline
