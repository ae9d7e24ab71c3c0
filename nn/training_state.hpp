// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "nn/network.hpp"
#include "nn/optimizer.hpp"

namespace sumline {

/// Where training stands inside an epoch, and the epoch's sums so far.
struct Position {
  std::uint32_t epoch = 0;  ///< 0-based; the one to continue
  std::uint64_t batch = 0;  ///< 0-based; the next one
  std::uint64_t images = 0;
  std::uint64_t correct = 0;
  double loss = 0;     ///< sum over images
  double seconds = 0;  ///< of training
};

/// Saves everything that later batches depend on: weights, buffers, moments and position.
void save_training(const std::filesystem::path& path, const Network& network, const Optimizer& optimizer,
                   const Position& position);

/// Restores it into a network and optimizer of the same recipe. @throws Error if the file is of another
/// network
Position load_training(const std::filesystem::path& path, Network& network, Optimizer& optimizer);

}  // namespace sumline
