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
  std::uint32_t seed = 0;               ///< of generated digits
  double pixel_scale = 1.0;             ///< pixel p becomes p / 255 * pixel_scale
  std::vector<double> pixel_mean;       ///< per channel, subtracted after that; empty = 0
  std::vector<double> pixel_deviation;  ///< per channel, divided by at last; empty = 1
};

enum class OptimizerKind : std::uint8_t {
  sgd,   ///< with momentum and a cosine schedule
  adam,  ///< beta 0.9 and 0.999, epsilon 1e-8, with a schedule of steps
};

/// From `epoch` (0-based) on, until the next step.
struct RateStep {
  std::uint32_t epoch = 0;
  double learning_rate = 0;
};

struct OptimizerConfig {
  double learning_rate = 0;
  double momentum = 0;      ///< sgd
  double weight_decay = 0;  ///< on every parameter
  double final_rate = 1;    ///< sgd, cosine schedule: last learning rate over the first
  OptimizerKind kind = OptimizerKind::sgd;
  std::vector<RateStep> steps;       ///< adam
  bool rebuild_every_epoch = false;  ///< adam: moments and step count start anew
};

enum class Loss : std::uint8_t {
  cross_entropy,
  hinge,  ///< mean over all outputs of max(0, 1 - output * (+1 for the label, -1 for the others))
};

struct AugmentationConfig {
  std::uint32_t crop_padding =
      0;              ///< zero border from which a crop of the image's size is taken; 0 = no crop
  bool flip = false;  ///< mirror every other image, at random
};

struct Recipe {
  std::string network;                          ///< name of a preset, or path of a TOML file
  std::vector<TomlOverride> network_overrides;  ///< key=value of the network's file
  std::string bits;                             ///< see assign_bits()
  std::vector<std::string> evaluate_bits;       ///< the trained weights are also measured with these
  ConverterTraining converter;                  ///< of networks with staircases
  Loss loss = Loss::cross_entropy;
  std::uint32_t epochs = 0;
  std::uint32_t batch = 0;
  std::uint64_t seed = 0;
  std::uint32_t threads = 0;
  DataConfig data;
  OptimizerConfig optimizer;
  AugmentationConfig augmentation;
  std::string text;  ///< the file with its overrides, as TOML
};

/// @param name a preset ("lenet5-mnist") or the path of a TOML file @param overrides `--set key=value`
/// @throws Error with every problem of the file, one per line
Recipe load_recipe(const std::string& name, const std::vector<TomlOverride>& overrides = {});

/// Learning rate of `epoch` (0-based): sgd: cosine from optimizer.learning_rate to optimizer.final_rate times
/// it; adam: optimizer.learning_rate until the first step, then as the steps say.
double learning_rate(const Recipe& recipe, std::uint32_t epoch);

}  // namespace sumline
