// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "energy/actions.hpp"

namespace sumline {

/// Positions of each class of dynamic workload configuration, fewest pairs of bits first.
using PacClassCounts = std::array<std::uint64_t, 4>;

/// What an engine computed for a set of images. Every engine returns the same values for the same inputs.
struct EngineOutput {
  std::vector<std::int32_t> accumulators;  ///< [images, classes] of the last layer
  std::vector<double> logits;              ///< [images, classes], z = scale * A + offset
  std::vector<std::uint32_t> predicted;    ///< [images], the first largest logit
  ActionLedger ledger;
  std::vector<std::uint64_t> saturated;  ///< [layers]: conversions whose code differs from the sum
  /// [layers]: class 0 alone where a layer is approximated without dynamic configuration, none elsewhere
  std::vector<PacClassCounts> pac_classes;
  bool operator==(const EngineOutput&) const = default;
};

/// Called with the number of images done so far, possibly from several threads at once. Returns false to stop early (Ctrl-C).
using Progress = std::function<bool(std::uint64_t images_done)>;

}  // namespace sumline
