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

enum class DataKind : std::uint8_t { digits, mnist, cifar10, cifar100, folder };

struct DataConfig {
  DataKind kind = DataKind::digits;
  std::filesystem::path path;    ///< folder of the files; unused for digits
  std::size_t train_images = 0;  ///< the first ones; 0 = all of the files
  std::size_t test_images = 0;
  std::uint32_t seed = 0;    ///< of generated digits
  std::uint32_t origin = 0;  ///< of a folder: side of the stored training images, of which crops are taken
  double pixel_scale = 1.0;  ///< pixel p becomes p / 255 * pixel_scale
  std::vector<double> pixel_mean;       ///< per channel, subtracted after that; empty = 0
  std::vector<double> pixel_deviation;  ///< per channel, divided by at last; empty = 1
};

enum class OptimizerKind : std::uint8_t {
  sgd,   ///< with momentum and a schedule of steps or a cosine
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
  std::vector<RateStep> steps;       ///< where sgd has any, they replace its cosine
  bool rebuild_every_epoch = false;  ///< adam: moments and step count start anew
};

enum class Loss : std::uint8_t {
  cross_entropy,
  hinge,  ///< mean over all outputs of max(0, 1 - output * (+1 for the label, -1 for the others))
};

struct AugmentationConfig {
  std::uint32_t crop_padding =
      0;                ///< zero border from which a crop of the image's size is taken; 0 = no crop
  bool flip = false;    ///< mirror every other image, at random
  double rotation = 0;  ///< degrees to either side
  /// One of these four changes for each image (colour images only); all 0: none.
  double brightness = 0;
  double contrast = 0;
  double saturation = 0;
  double hue = 0;  ///< turns, at most 0.5

  bool jitters() const { return brightness > 0 || contrast > 0 || saturation > 0 || hue > 0; }
};

/// What cross entropy compares the network's answers with.
struct TargetConfig {
  double label_smoothing = 0;  ///< weight taken from the true class
  double mixup = 0;            ///< alpha of the Beta distribution; 0 = images are not mixed
};

/// One training of a chain: it starts from the best weights of the stage before it, with a fresh optimiser.
struct StageConfig {
  std::string name;  ///< folder below the run directory
  std::uint32_t epochs = 0;
  OptimizerConfig optimizer{};
  TargetConfig targets{};
  double trim_noise = 0;  ///< of bit-wise layers, as a fraction (TOML: percent)
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
  TargetConfig targets{};
  double trim_noise = 0;              ///< see StageConfig
  std::vector<StageConfig> stages{};  ///< where not empty, their settings stand for those above
  AugmentationConfig augmentation;
  std::string text;  ///< the file with its overrides, as TOML
};

/// @param name a preset ("lenet5-mnist") or the path of a TOML file @param overrides `--set key=value`
/// @throws Error with every problem of the file, one per line
Recipe load_recipe(const std::string& name, const std::vector<TomlOverride>& overrides = {});

/// The recipe of stage `index` alone.
Recipe stage_recipe(const Recipe& recipe, std::size_t index);

/// Learning rate of `epoch` (0-based): optimizer.learning_rate until the first step, then as the steps say;
/// sgd without steps: cosine from optimizer.learning_rate to optimizer.final_rate times it.
double learning_rate(const Recipe& recipe, std::uint32_t epoch);

}  // namespace sumline
