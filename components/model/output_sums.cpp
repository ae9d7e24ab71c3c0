// SPDX-License-Identifier: Apache-2.0
#include "components/model/output_sums.hpp"

#include <algorithm>

namespace sumline {

OutputAffine::OutputAffine(const Layer& layer)
    : scale_(layer.scale),
      sum_scale_(layer.sum_scale),
      residual_scale_(layer.residual_scale),
      offset_(layer.offset) {}

double OutputAffine::real_value(const OutputSums& sums, std::size_t position, std::size_t channel) const {
  const std::size_t element = position * scale_.size() + channel;
  double z = scale_[channel] * sums.accumulators[element];
  if (!sum_scale_.empty()) z += sum_scale_[channel] * sums.input_sums[position];
  if (!residual_scale_.empty()) z += residual_scale_[channel] * sums.residuals[element];
  return z + offset_[channel];
}

std::uint32_t predicted_class(std::span<const double> logits) {
  return static_cast<std::uint32_t>(std::ranges::max_element(logits) - logits.begin());
}

}  // namespace sumline
