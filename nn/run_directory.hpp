// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "nn/nn.hpp"

/// The files of a run directory. Without Torch.
namespace sumline {

/// Test accuracy of the trained weights at some bits, see assign_bits().
struct AccuracyAt {
  std::string bits;
  double accuracy = 0;
};

class RunDirectory {
 public:
  explicit RunDirectory(std::filesystem::path folder) : folder_(std::move(folder)) {}

  std::filesystem::path checkpoint() const { return folder_ / "checkpoint.pt"; }
  std::filesystem::path best() const {
    return folder_ / "best.pt";
  }  ///< of the epoch with the highest accuracy
  std::filesystem::path training() const { return folder_ / "resume.pt"; }
  std::filesystem::path results() const { return folder_ / "results.json"; }
  std::filesystem::path config() const { return folder_ / "config.toml"; }
  std::filesystem::path network() const { return folder_ / "network.toml"; }

  /// Makes the folder and writes the two descriptions. @throws Error if a run stands there already
  void create(const Recipe& recipe, const NetworkConfig& network) const;

  /// Checks that the run standing there is of `recipe` and `network`, and cuts the metrics behind `epochs`
  /// epochs.
  /// @throws Error naming what differs
  void reopen(const Recipe& recipe, const NetworkConfig& network) const;
  /// The second half of reopen().
  void check_descriptions(const Recipe& recipe, const NetworkConfig& network) const;

  /// metrics.jsonl, up to and including `epoch`.
  std::vector<EpochMetrics> metrics(std::uint32_t epochs) const;
  void write_metrics(const std::vector<EpochMetrics>& metrics) const;
  /// @param metrics of all epochs @param others accuracies at other bits than the recipe's
  void write_results(const Recipe& recipe, const std::vector<EpochMetrics>& metrics, std::size_t test_images,
                     const std::vector<AccuracyAt>& others) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace sumline
