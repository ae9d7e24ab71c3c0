// SPDX-License-Identifier: Apache-2.0
#include "components/model/lut_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "components/model/affine_codes.hpp"
#include "components/model/slicing.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::size_t kBatch = 16;    ///< accumulators of each channel that are estimated at once
constexpr double kDoubt = 1.0 / 512;  ///< in codes; float errs by less than 2^-14 on 8-bit codes
constexpr double kEverything = 2;

/// Thresholds outside the accumulators' range act alike wherever they are.
std::int32_t narrow(std::int64_t threshold) {
  constexpr std::int64_t highest = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::int32_t>(std::clamp(threshold, -highest, highest));
}

}  // namespace

LutModel::LutModel(const Layer& layer, LutMode mode, std::uint32_t index_bits)
    : mode_(mode),
      bits_(layer.quantizer.format.bits),
      largest_(static_cast<std::int32_t>(largest_accumulator(layer))) {
  SUMLINE_ASSERT(layer.requantize, "only a layer that requantises has a table");
  for (std::size_t channel = 0; channel < layer.out.channels; ++channel) {
    slope_.push_back(layer.scale[channel] / layer.quantizer.step);
    start_.push_back(layer.offset[channel] / layer.quantizer.step);
  }
  if (mode == LutMode::direct) {
    build_table(index_bits);
    return;
  }
  build_bounds(layer);
  build_estimate();
}

void LutModel::build_bounds(const Layer& layer) {
  const std::size_t steps = (std::size_t{1} << bits_) - 1;
  for (std::size_t index = 0; index < layer.out.channels * steps; ++index) {
    const std::int64_t sign = slope_[index / steps] < 0 ? -1 : 1;
    bounds_.push_back(narrow(sign * layer.quantizer.thresholds[index]));
  }
}

void LutModel::build_estimate() {
  for (std::size_t index = 0; index < kBatch * slope_.size(); ++index) {
    const std::size_t channel = index % slope_.size();
    batch_slope_.push_back(static_cast<float>(slope_[channel]));
    batch_start_.push_back(static_cast<float>(start_[channel] + 0.5));
    batch_doubt_.push_back(static_cast<float>(thresholds_follow(channel) ? kDoubt : kEverything));
  }
}

/// True where every threshold that an accumulator can meet stands where the affine map crosses its boundary,
/// to half the doubt.
bool LutModel::thresholds_follow(std::size_t channel) const {
  const std::size_t steps = (std::size_t{1} << bits_) - 1;
  const double slope = std::abs(slope_[channel]);
  const double start = start_[channel] + 0.5;
  for (std::size_t code = 1; code <= steps; ++code) {
    const double bound = bounds_[channel * steps + code - 1];
    const double boundary = static_cast<double>(code);
    if (slope * bound + start < boundary - kDoubt / 2 ||
        slope * (bound - 1) + start > boundary + kDoubt / 2) {
      return false;
    }
  }
  return true;
}

void LutModel::build_table(std::uint32_t index_bits) {
  addresses_per_code_ = std::ldexp(1.0, static_cast<int>(index_bits) - static_cast<int>(bits_));
  const double top = static_cast<double>((1U << bits_) - 1);
  for (std::size_t address = 0; address < (std::size_t{1} << index_bits); ++address) {
    const double middle = (static_cast<double>(address) + 0.5) / addresses_per_code_;
    table_.push_back(static_cast<std::uint8_t>(std::min(std::nearbyint(middle), top)));
  }
}

std::uint8_t LutModel::code(std::size_t channel, std::int32_t accumulator) const {
  return mode_ == LutMode::direct ? look_up(channel, accumulator) : search(channel, accumulator);
}

void LutModel::codes(std::span<const std::int32_t> accumulators, std::span<std::uint8_t> codes,
                     std::size_t stride) const {
  const std::size_t channels = slope_.size();
  const std::size_t count = accumulators.size() / channels;
  std::size_t done = 0;
  const AffineBatch batch{batch_slope_, batch_start_, batch_doubt_, largest_, (1U << bits_) - 1};
  std::vector<std::uint8_t> estimates(kBatch * channels);
  std::vector<std::uint32_t> doubtful(kBatch * channels);
  for (; mode_ == LutMode::threshold_search && done + kBatch <= count; done += kBatch) {
    const auto sums = accumulators.subspan(done * channels, kBatch * channels);
    const std::size_t found = affine_codes(sums, batch, estimates, doubtful);
    for (std::size_t index = 0; index < found; ++index) {
      estimates[doubtful[index]] = search(doubtful[index] % channels, sums[doubtful[index]]);
    }
    for (std::size_t channel = 0; channel < channels; ++channel) {
      for (std::size_t index = 0; index < kBatch; ++index) {
        codes[channel * stride + done + index] = estimates[index * channels + channel];
      }
    }
  }
  for (; done < count; ++done) {
    for (std::size_t channel = 0; channel < channels; ++channel) {
      codes[channel * stride + done] = code(channel, accumulators[done * channels + channel]);
    }
  }
}

std::uint8_t LutModel::search(std::size_t channel, std::int32_t accumulator) const {
  const std::size_t steps = (std::size_t{1} << bits_) - 1;
  const auto first = bounds_.begin() + static_cast<std::ptrdiff_t>(channel * steps);
  const auto above = std::upper_bound(first, first + static_cast<std::ptrdiff_t>(steps),
                                      slope_[channel] < 0 ? -accumulator : accumulator);
  return static_cast<std::uint8_t>(above - first);
}

std::uint8_t LutModel::look_up(std::size_t channel, std::int32_t accumulator) const {
  const double address = (slope_[channel] * accumulator + start_[channel]) * addresses_per_code_;
  return table_[static_cast<std::size_t>(std::clamp(address, 0.0, static_cast<double>(table_.size() - 1)))];
}

}  // namespace sumline
