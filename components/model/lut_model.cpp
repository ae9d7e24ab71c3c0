// SPDX-License-Identifier: Apache-2.0
#include "components/model/lut_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "components/model/affine_codes.hpp"
#include "components/model/byte_transpose.hpp"
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

/// Where rounding puts a boundary of code j: at (j - 1/2 - shift) * step.
double shift(const CodeFormat& format) {
  switch (format.encoding) {
    case Encoding::unsigned_binary:
      return 0;
    case Encoding::mid_rise:
      return std::exp2(format.bits - 1.0) - 0.5;
    case Encoding::ternary:
      return 1;
  }
  return 0;
}

/// How many of the ascending `bounds` a value has reached. They are about a code apart: from where `estimate` puts the
/// value it is not far to where it is.
template <class Value>
std::uint8_t bounds_reached(std::span<const Value> bounds, Value value, double estimate) {
  auto code = static_cast<std::size_t>(std::clamp(estimate, 0.0, static_cast<double>(bounds.size())));
  while (code < bounds.size() && value >= bounds[code]) ++code;
  while (code > 0 && value < bounds[code - 1]) --code;
  return static_cast<std::uint8_t>(code);
}

}  // namespace

LutModel::LutModel(const Layer& layer, std::uint64_t largest, LutMode mode, std::uint32_t index_bits)
    : mode_(mode),
      bits_(layer.quantizer.format.bits),
      steps_(layer.quantizer.format.levels() - 1),
      largest_(static_cast<std::int32_t>(largest)),
      channels_(layer.out.channels),
      step_(layer.quantizer.step),
      boundaries_(layer.quantizer.boundaries) {
  SUMLINE_ASSERT(layer.requantize, "only a layer that requantises has a table");
  if (layer.affine_of_one()) {
    build_affine(layer);
  } else {
    affine_.emplace(layer);
  }
  if (mode == LutMode::direct) {
    build_table(index_bits);
  } else if (!affine_) {
    build_bounds(layer);
    build_estimate();
  }
}

void LutModel::build_affine(const Layer& layer) {
  for (std::size_t channel = 0; channel < channels_; ++channel) {
    slope_.push_back(layer.scale[channel] / step_);
    start_.push_back(layer.offset[channel] / step_ + shift(layer.quantizer.format));
  }
}

void LutModel::build_bounds(const Layer& layer) {
  for (std::size_t index = 0; index < channels_ * steps_; ++index) {
    const std::int64_t sign = slope_[index / steps_] < 0 ? -1 : 1;
    bounds_.push_back(narrow(sign * layer.quantizer.thresholds[index]));
  }
}

void LutModel::build_estimate() {
  for (std::size_t index = 0; index < kBatch * channels_; ++index) {
    const std::size_t channel = index % channels_;
    batch_slope_.push_back(static_cast<float>(slope_[channel]));
    batch_start_.push_back(static_cast<float>(start_[channel] + 0.5));
    batch_doubt_.push_back(static_cast<float>(thresholds_follow(channel) ? kDoubt : kEverything));
  }
}

/// True where every threshold that an accumulator can meet stands where the affine map crosses its boundary,
/// to half the doubt.
bool LutModel::thresholds_follow(std::size_t channel) const {
  const double slope = std::abs(slope_[channel]);
  const double start = start_[channel] + 0.5;
  for (std::size_t code = 1; code <= steps_; ++code) {
    const double bound = bounds_[channel * steps_ + code - 1];
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
  const double top = steps_;
  for (std::size_t address = 0; address < (std::size_t{1} << index_bits); ++address) {
    const double middle = (static_cast<double>(address) + 0.5) / addresses_per_code_;
    table_.push_back(static_cast<std::uint8_t>(std::min(std::nearbyint(middle), top)));
  }
}

void LutModel::codes(const OutputSums& sums, std::span<std::uint8_t> codes, std::size_t stride) const {
  const std::size_t count = sums.accumulators.size() / channels_;
  std::size_t done = 0;
  if (mode_ == LutMode::threshold_search && !affine_) {
    done = estimate_codes(sums.accumulators, codes, stride);
  }
  for (; done < count; ++done) {
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      codes[channel * stride + done] = code(sums, done, channel);
    }
  }
}

std::size_t LutModel::estimate_codes(std::span<const std::int32_t> accumulators,
                                     std::span<std::uint8_t> codes, std::size_t stride) const {
  const std::size_t batches = accumulators.size() / (channels_ * kBatch);
  if (batches == 0) return 0;
  const AffineBatch batch{batch_slope_, batch_start_, batch_doubt_, largest_, steps_};
  std::vector<std::uint8_t> estimates(batches * kBatch * channels_);
  std::vector<std::uint32_t> doubtful(kBatch * channels_);
  for (std::size_t done = 0; done < batches * kBatch; done += kBatch) {
    const auto sums = accumulators.subspan(done * channels_, kBatch * channels_);
    const auto found = std::span(estimates).subspan(done * channels_, kBatch * channels_);
    const std::size_t doubts = affine_codes(sums, batch, found, doubtful);
    for (std::size_t index = 0; index < doubts; ++index) {
      found[doubtful[index]] = search(doubtful[index] % channels_, sums[doubtful[index]]);
    }
  }
  transpose_bytes(estimates.data(), channels_, batches * kBatch, channels_, codes.data(), stride);
  return batches * kBatch;
}

std::uint8_t LutModel::code(const OutputSums& sums, std::size_t position, std::size_t channel) const {
  if (affine_) {
    const double z = affine_->real_value(sums, position, channel);
    return mode_ == LutMode::direct ? look_up((z - boundaries_.front()) / step_ + 0.5)
                                    : boundaries_reached(z);
  }
  const std::int32_t accumulator = sums.accumulators[position * channels_ + channel];
  return mode_ == LutMode::direct ? look_up(slope_[channel] * accumulator + start_[channel])
                                  : search(channel, accumulator);
}

std::uint8_t LutModel::search(std::size_t channel, std::int32_t accumulator) const {
  return bounds_reached(std::span<const std::int32_t>(bounds_).subspan(channel * steps_, steps_),
                        slope_[channel] < 0 ? -accumulator : accumulator,
                        slope_[channel] * accumulator + start_[channel] + 0.5);
}

std::uint8_t LutModel::boundaries_reached(double z) const {
  return bounds_reached<double>(boundaries_, z, (z - boundaries_.front()) / step_ + 1);
}

/// @param level distance from half a step below the first boundary, in steps
std::uint8_t LutModel::look_up(double level) const {
  const double address = level * addresses_per_code_;
  return table_[static_cast<std::size_t>(std::clamp(address, 0.0, static_cast<double>(table_.size() - 1)))];
}

}  // namespace sumline
