// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// The quantisation table of one layer: integer accumulator -> code of the next layer.
/// threshold_search: exact by the workload's thresholds.
/// direct: z / step, z = scale * A + offset, is truncated to a fixed-point number of `bits` integer bits and
/// index_bits - bits fraction bits (whole low bits where that is negative), clipped to its range; the table
/// holds the code of the middle of each address's interval. It differs from the thresholds on ties, and near
/// every boundary if index_bits <= bits.
class LutModel {
 public:
  /// @param layer requantises @param index_bits of LutMode::direct, 2..16
  LutModel(const Layer& layer, LutMode mode, std::uint32_t index_bits);

  /// @param accumulator below 2^30 in magnitude
  std::uint8_t code(std::size_t channel, std::int32_t accumulator) const;
  /// Many at once: codes[channel * stride + i] of accumulators[i, channel].
  /// @param accumulators [count, channels] @param codes of at least (channels - 1) * stride + count
  void codes(std::span<const std::int32_t> accumulators, std::span<std::uint8_t> codes,
             std::size_t stride) const;
  /// Table accesses for one code: what `lut_lookup` counts.
  std::uint32_t accesses_per_code() const { return mode_ == LutMode::direct ? 1 : bits_; }

 private:
  void build_bounds(const Layer& layer);
  void build_estimate();
  void build_table(std::uint32_t index_bits);
  bool thresholds_follow(std::size_t channel) const;
  std::uint8_t search(std::size_t channel, std::int32_t accumulator) const;
  std::uint8_t look_up(std::size_t channel, std::int32_t accumulator) const;

  LutMode mode_;
  std::uint32_t bits_;
  std::int32_t largest_;       ///< magnitude of an accumulator, were all readouts lossless
  std::vector<double> slope_;  ///< [channels] z / step = slope * A + start
  std::vector<double> start_;  ///< [channels]

  // threshold_search
  std::vector<std::int32_t>
      bounds_;  ///< [channels, 2^bits - 1] ascending: thresholds, negated with A where the slope is
  // For a batch the affine map is evaluated in float; only results near a boundary are searched.
  std::vector<float> batch_slope_;  ///< [kBatch, channels]
  std::vector<float> batch_start_;  ///< [kBatch, channels]
  std::vector<float>
      batch_doubt_;  ///< [kBatch, channels] distance from a boundary below which the table decides

  // direct
  std::vector<std::uint8_t> table_;  ///< [2^index_bits]
  double addresses_per_code_ = 0;
};

}  // namespace sumline
