// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "configs/toml_value.hpp"
#include "nn/network_config.hpp"

/// A training run as its TOML file describes it (configs/presets/recipes/*.toml). Without Torch.
namespace sumline {

enum class DataKind : std::uint8_t { digits, mnist, cifar10, cifar100 };

struct DataConfig {
  DataKind kind = DataKind::digits;
  std::filesystem::path path;    ///< folder of the files; unused for digits
  std::size_t train_images = 0;  ///< the first ones; 0 = all of the files
  std::size_t test_images = 0;
  std::uint32_t seed = 0;    ///< of generated digits
  double pixel_scale = 1.0;  ///< pixel p becomes p / 255 * pixel_scale
};

struct OptimizerConfig {
  double learning_rate = 0;
  double momentum = 0;
  double weight_decay = 0;  ///< on every parameter
  double final_rate = 0;    ///< cosine schedule: last learning rate over the first
};

struct AugmentationConfig {
  std::uint32_t crop_padding =
      0;              ///< zero border from which a crop of the image's size is taken; 0 = no crop
  bool flip = false;  ///< mirror every other image, at random
};

struct Recipe {
  std::string network;  ///< name of a preset, or path of a TOML file
  std::string bits;     ///< see assign_bits()
  std::uint32_t epochs = 0;
  std::uint32_t batch = 0;
  std::uint64_t seed = 0;
  std::uint32_t threads = 0;
  DataConfig data;
  OptimizerConfig optimizer;  ///< stochastic gradient descent
  AugmentationConfig augmentation;
  std::string text;  ///< the file with its overrides, as TOML
};

/// @param name a preset ("lenet5-mnist") or the path of a TOML file @param overrides `--set key=value`
/// @throws Error with every problem of the file, one per line
Recipe load_recipe(const std::string& name, const std::vector<TomlOverride>& overrides = {});

/// Learning rate of `epoch` (0-based): cosine from optimizer.learning_rate to optimizer.final_rate times it.
double learning_rate(const Recipe& recipe, std::uint32_t epoch);

}  // namespace sumline
