// SPDX-License-Identifier: Apache-2.0
#include "nn/recalibration.hpp"

#include <fmt/format.h>
#include <torch/nn/modules/batchnorm.h>

#include <algorithm>
#include <numeric>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::size_t kRecalibrationBatch = 32;

std::vector<std::shared_ptr<torch::nn::Module>> batch_norms(const Network& network) {
  std::vector<std::shared_ptr<torch::nn::Module>> norms;
  for (const auto& module : network.modules(false)) {
    if (module->as<torch::nn::BatchNorm2dImpl>() != nullptr) norms.push_back(module);
  }
  if (norms.empty()) throw Error(network.config().name + ": no batch norm to recalibrate");
  return norms;
}

}  // namespace

void recalibrate(Network& network, const Images& images, std::size_t count, const PixelTable& table) {
  if (count == 0 || count > images.count()) {
    throw Error(
        fmt::format("recalibrate = {}: must be 1 to {}, the images to train on", count, images.count()));
  }
  const at::NoGradGuard no_grad;
  network.eval();
  const auto norms = batch_norms(network);
  for (const auto& norm : norms) norm->train();
  for (std::size_t begin = 0; begin < count; begin += kRecalibrationBatch) {
    const std::size_t size = std::min(kRecalibrationBatch, count - begin);
    // The share of all images so far: the statistics become the means over all batches.
    const double share = static_cast<double>(size) / static_cast<double>(begin + size);
    for (const auto& norm : norms) norm->as<torch::nn::BatchNorm2dImpl>()->options.momentum(share);
    std::vector<std::uint32_t> indices(size);
    std::iota(indices.begin(), indices.end(), static_cast<std::uint32_t>(begin));
    network.forward(make_batch(images, indices, table, network.config().image, [](std::uint32_t) {
                      return Placement{};
                    }).images);
  }
  network.eval();
}

}  // namespace sumline
