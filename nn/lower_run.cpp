// SPDX-License-Identifier: Apache-2.0
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "energy/error.hpp"
#include "nn/checkpoint.hpp"
#include "nn/data_source.hpp"
#include "nn/evaluation.hpp"
#include "nn/lowering.hpp"
#include "nn/min_max_lowering.hpp"
#include "nn/nn.hpp"
#include "nn/recalibration.hpp"
#include "nn/run_directory.hpp"
#include "nn/staircase_lowering.hpp"

namespace sumline {
namespace {

/// How many of the test images: `wanted`, or all for 0.
std::size_t choose(std::size_t wanted, const Images& images) {
  if (wanted > images.count()) {
    throw Error(fmt::format("images = {}: the test set has {}", wanted, images.count()));
  }
  return wanted == 0 ? images.count() : wanted;
}

void require_bitwise(const Network& network) {
  if (!network.bitwise_layers().empty()) return;
  throw Error(fmt::format("network {}: no bit-wise layers: its activations and weights must be \"min-max\"",
                          network.config().name));
}

Workload lower_checkpoint(const NetworkConfig& config, const std::string& bits,
                          const std::filesystem::path& path, const DataConfig& data, std::size_t images,
                          const std::optional<Conversion>& chip,
                          const std::optional<Recalibration>& recalibration) {
  Network network(config, bits);
  load_state(network, load_tensors(path), path.string());
  const Dataset set = load_data(data, config);
  const std::size_t count = choose(images, set.test);
  const PixelTable pixels = pixel_table(data, config.image.channels);
  if (recalibration) {
    require_bitwise(network);
    network.set_arithmetic(recalibration->arithmetic);
    recalibrate(network, set.train, recalibration->images, pixels);
  }
  Workload workload;
  if (config.weights == WeightQuantizer::min_max) {
    const Arithmetic arithmetic =
        recalibration ? recalibration->arithmetic : Arithmetic{.mode = ArithmeticMode::inference};
    const MapRanges ranges = calibrate(network, set.test, count, pixels, arithmetic);
    workload = lower_min_max(config, bits, network, ranges);
    lower_images(workload, set.test, count,
                 min_max_image_codes(workload.image_format, ranges.images, pixels));
  } else if (config.weights == WeightQuantizer::staircase) {
    workload =
        lower_staircases(config, bits, network, chip.value_or(trained_conversion(config, bits)), pixels);
    lower_images(workload, set.test, count, staircase_image_codes(workload.image_format, pixels));
  } else {
    workload = lower_network(config, bits, network);
    lower_images(workload, set.test, count, hwgq_image_codes(workload.image_format, pixels));
  }
  validate(workload);
  return workload;
}

}  // namespace

Run load_run(const std::filesystem::path& folder) {
  const RunDirectory directory(folder);
  for (const auto& path : {directory.config(), directory.network(), directory.checkpoint()}) {
    if (!std::filesystem::exists(path)) {
      throw Error(fmt::format("{}: no {}: not a run directory with a trained epoch", folder.string(),
                              path.filename().string()));
    }
  }
  return {load_recipe(directory.config().string()), load_network(directory.network().string()),
          directory.checkpoint()};
}

Workload lower(const Run& run, std::size_t images, const std::optional<Conversion>& chip,
               const std::optional<Recalibration>& recalibration) {
  return lower_checkpoint(run.network, run.recipe.bits, run.checkpoint, run.recipe.data, images, chip,
                          recalibration);
}

Workload lower(const WeightsFile& weights, std::size_t images) {
  return lower_checkpoint(load_network(weights.network), weights.bits, weights.path, weights.data, images,
                          std::nullopt, std::nullopt);
}

Accuracy float_accuracy(const Run& run, std::size_t images) {
  Network network(run.network, run.recipe.bits, run.recipe.converter);
  load_state(network, load_tensors(run.checkpoint), run.checkpoint.string());
  use_channels_last(network);
  const Dataset set = load_data(run.recipe.data, run.network);
  return evaluate(network, set.test, choose(images, set.test),
                  pixel_table(run.recipe.data, run.network.image.channels));
}

SimulatedAccuracy simulated_accuracy(const Run& run, const Arithmetic& arithmetic, std::size_t images,
                                     std::size_t batch, std::size_t recalibrated) {
  at::set_num_threads(static_cast<int>(run.recipe.threads));
  Network network(run.network, run.recipe.bits);
  require_bitwise(network);
  load_state(network, load_tensors(run.checkpoint), run.checkpoint.string());
  network.set_arithmetic(arithmetic);
  const Dataset set = load_data(run.recipe.data, run.network);
  const PixelTable pixels = pixel_table(run.recipe.data, run.network.image.channels);
  if (recalibrated > 0) recalibrate(network, set.train, recalibrated, pixels);
  SimulatedAccuracy result;
  const auto count_classes = [&] {
    for (const auto& [name, layer] : network.bitwise_layers()) {
      if (!layer->arithmetic.thresholds || layer->as<BitwiseConv2d>() == nullptr) continue;
      for (const std::uint8_t index : layer->classes()) ++result.classes[index];
    }
  };
  result.accuracy = evaluate(network, set.test, choose(images, set.test), pixels, batch, count_classes);
  return result;
}

}  // namespace sumline
