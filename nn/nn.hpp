// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "nn/arithmetic.hpp"
#include "nn/network_config.hpp"
#include "nn/recipe.hpp"
#include "traces/workload.hpp"

/// Training and lowering, without a word of Torch: what the rest of the program sees of nn/.
namespace sumline {

/// After one batch.
struct BatchProgress {
  std::uint32_t epoch;  ///< 1-based
  std::uint32_t epochs;
  std::size_t batch;  ///< 1-based
  std::size_t batches;
  double loss;  ///< mean of the epoch so far
};

/// After one epoch; a line of metrics.jsonl.
struct EpochMetrics {
  std::uint32_t epoch = 0;  ///< 1-based
  double learning_rate = 0;
  double train_loss = 0;      ///< mean cross entropy, images weighted equally
  double train_accuracy = 0;  ///< on the images as trained with, augmentation included
  double test_accuracy = 0;   ///< correct / images
  double seconds = 0;         ///< of training, evaluation left out
};

struct TrainOptions {
  std::filesystem::path run;  ///< folder to write
  bool resume = false;        ///< continue what stands there, to the bits of an uninterrupted run
  const std::atomic<bool>* stop = nullptr;             ///< set it to end after the current batch
  std::filesystem::path initial{};                     ///< weights to start from; empty: random ones
  std::function<void(const StageConfig&)> on_stage{};  ///< at the start of each stage of a chain
  std::function<void(const BatchProgress&)> on_batch;
  std::function<void(const EpochMetrics&)> on_epoch;
};

struct TrainResult {
  bool stopped = false;  ///< by `stop`: everything is saved for TrainOptions::resume
  EpochMetrics last;     ///< of the last complete epoch
};

/// Trains `recipe` into a run directory: config.toml, network.toml, checkpoint.pt (weights for Python, every
/// epoch), best.pt, resume.pt (weights, momentum and position), metrics.jsonl, and results.json at the end.
/// A recipe with stages makes such a directory per stage below the run's own, each stage starting from the
/// best.pt of the one before; the last best.pt becomes the run's checkpoint.pt. It resumes at any stage.
/// @throws Error where the recipe, the data or the directory is unfit, and for a loss that is not finite
TrainResult train(const Recipe& recipe, const TrainOptions& options);

/// A run directory's description.
struct Run {
  Recipe recipe;
  NetworkConfig network;
  std::filesystem::path checkpoint;
};

/// @throws Error if `folder` is not a run directory with a checkpoint
Run load_run(const std::filesystem::path& folder);

/// Weights from Python or another run, and the images to run them on.
struct WeightsFile {
  std::string network;         ///< preset or path
  std::string bits;            ///< see assign_bits()
  std::filesystem::path path;  ///< .pt, a plain dict of tensors under the names of the network
  DataConfig data;
};

/// Batch norms measured anew on training images, with the products of the hardware that the network shall run on.
struct Recalibration {
  Arithmetic arithmetic;
  std::size_t images = 0;  ///< 1 to those of the training set
};

/// The network with its first `images` test images (0: all) as integers for hardware.
/// @param chip the converter that networks of staircases are lowered for, instead of the one they are trained
/// through: what post-training conversion costs
/// @param recalibration of a bit-wise network; its maps' ranges are then measured with these products, too
/// @throws Error naming missing, surplus and wrongly shaped tensors, and what cannot be lowered
Workload lower(const Run& run, std::size_t images, const std::optional<Conversion>& chip = std::nullopt,
               const std::optional<Recalibration>& recalibration = std::nullopt);
Workload lower(const WeightsFile& weights, std::size_t images);

struct Accuracy {
  std::size_t correct = 0;
  std::size_t images = 0;
  double loss = 0;  ///< mean cross entropy

  double value() const { return static_cast<double>(correct) / static_cast<double>(images); }
};

/// Accuracy of the trained network in float32 on its first `images` test images (0: all).
Accuracy float_accuracy(const Run& run, std::size_t images);

/// Accuracy of a bit-wise network with its products formed as `arithmetic` says.
struct SimulatedAccuracy {
  Accuracy accuracy;
  /// Output positions of convolutions that dynamic workload configuration put into each class, fewest pairs
  /// first.
  std::array<std::uint64_t, 4> classes{};
};

/// On the first `images` test images (0: all), `batch` of them quantised together, on the recipe's threads.
/// @param recalibrated training images that batch norms are measured on with these products before, 0: they stay
/// @throws Error where the network has no bit-wise layers, and as Arithmetic's rules
SimulatedAccuracy simulated_accuracy(const Run& run, const Arithmetic& arithmetic, std::size_t images,
                                     std::size_t batch, std::size_t recalibrated = 0);

}  // namespace sumline
