// SPDX-License-Identifier: Apache-2.0
#include "components/model/lut_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kHighest = std::numeric_limits<std::int32_t>::max();

/// Thresholds outside the accumulators' range act alike wherever they are.
std::int32_t narrow(std::int64_t threshold) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(threshold, kLowest + 1, kHighest));
}

}  // namespace

LutModel::LutModel(const Layer& layer, LutMode mode, std::uint32_t index_bits)
    : mode_(mode), bits_(layer.quantizer.bits) {
  SUMLINE_ASSERT(layer.requantize, "only a layer that requantises has a table");
  const std::size_t steps = (std::size_t{1} << bits_) - 1;
  for (std::size_t channel = 0; channel < layer.out.channels; ++channel) {
    slope_.push_back(layer.scale[channel] / layer.quantizer.step);
    start_.push_back(layer.offset[channel] / layer.quantizer.step);
  }
  if (mode == LutMode::direct) {
    address_scale_ = std::ldexp(1.0, static_cast<int>(index_bits) - static_cast<int>(bits_));
    for (std::size_t address = 0; address < (std::size_t{1} << index_bits); ++address) {
      const double middle = (static_cast<double>(address) + 0.5) / address_scale_;
      table_.push_back(
          static_cast<std::uint8_t>(std::min(std::nearbyint(middle), static_cast<double>(steps))));
    }
    return;
  }
  for (std::size_t channel = 0; channel < layer.out.channels; ++channel) {
    const std::int64_t sign = slope_[channel] < 0 ? -1 : 1;
    bounds_.push_back(kLowest);
    for (std::size_t j = 0; j < steps; ++j) {
      bounds_.push_back(narrow(sign * layer.quantizer.thresholds[channel * steps + j]));
    }
    bounds_.push_back(kHighest);
  }
}

std::uint8_t LutModel::code(std::size_t channel, std::int32_t accumulator) const {
  return mode_ == LutMode::direct ? look_up(channel, accumulator) : search(channel, accumulator);
}

void LutModel::codes(std::size_t channel, std::span<const std::int32_t> accumulators, std::size_t stride,
                     std::span<std::uint8_t> codes) const {
  for (std::size_t index = 0; index < codes.size(); ++index) {
    codes[index] = code(channel, accumulators[index * stride]);
  }
}

/// The affine map lands next to the right code; the thresholds have the last word.
std::uint8_t LutModel::search(std::size_t channel, std::int32_t accumulator) const {
  const double top = static_cast<double>((1U << bits_) - 1);
  const double estimate = std::clamp(slope_[channel] * accumulator + start_[channel] + 0.5, 0.0, top);
  const std::int32_t signed_sum = slope_[channel] < 0 ? -accumulator : accumulator;
  const std::int32_t* bound = bounds_.data() + channel * ((std::size_t{1} << bits_) + 1);
  auto code = static_cast<std::uint32_t>(estimate);
  while (signed_sum >= bound[code + 1]) {
    ++code;
  }
  while (signed_sum < bound[code]) {
    --code;
  }
  return static_cast<std::uint8_t>(code);
}

std::uint8_t LutModel::look_up(std::size_t channel, std::int32_t accumulator) const {
  const double address = (slope_[channel] * accumulator + start_[channel]) * address_scale_;
  return table_[static_cast<std::size_t>(std::clamp(address, 0.0, static_cast<double>(table_.size() - 1)))];
}

}  // namespace sumline
