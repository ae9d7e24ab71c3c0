// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "traces/workload.hpp"

namespace sumline {

/// The integers that enter z for a number of output positions.
struct OutputSums {
  std::span<const std::int32_t> accumulators;     ///< A, [positions, channels]
  std::span<const std::int32_t> input_sums = {};  ///< X, [positions]; empty where Layer::sum_scale is
  std::span<const std::int32_t> residuals = {};   ///< R, [positions, channels]; empty without a residual
};

/// z = scale * A + sum_scale * X + residual_scale * R + offset, added up from left to right and rounded after
/// each step: the same bits wherever it is asked.
class OutputAffine {
 public:
  explicit OutputAffine(const Layer& layer);

  double real_value(const OutputSums& sums, std::size_t position, std::size_t channel) const;

 private:
  std::vector<double> scale_;           ///< [channels]
  std::vector<double> sum_scale_;       ///< [channels] or empty
  std::vector<double> residual_scale_;  ///< [channels] or empty
  std::vector<double> offset_;          ///< [channels]
};

/// The first largest of the logits of one image: what the network predicts.
std::uint32_t predicted_class(std::span<const double> logits);

}  // namespace sumline
