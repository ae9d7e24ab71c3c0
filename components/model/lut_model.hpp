// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "components/model/output_sums.hpp"
#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// The quantisation table of one layer: the integers of an output -> code of the next layer.
/// threshold_search: exact by the workload's thresholds, or, where more than A enters z, by its boundaries.
/// direct: (z - first boundary) / step + 1/2 is truncated to a fixed-point number of `bits` integer bits and
/// index_bits - bits fraction bits (whole low bits where that is negative), clipped to its range; the table
/// holds the code of the middle of each address's interval. It differs from the thresholds on ties, and near
/// every boundary if index_bits <= bits. Where thresholds stand for the boundaries, those are taken to lie as
/// rounding puts them: the first at step / 2 (unsigned_binary), -step / 2 (ternary) or (1 - 2^(bits-1)) * step
/// (mid_rise).
class LutModel {
 public:
  /// @param layer requantises @param largest magnitude of an accumulator, were all readouts lossless
  /// @param index_bits of LutMode::direct, 2..16
  LutModel(const Layer& layer, std::uint64_t largest, LutMode mode, std::uint32_t index_bits);

  /// codes[channel * stride + position] of each output. @param codes of at least (channels - 1) * stride +
  /// positions
  void codes(const OutputSums& sums, std::span<std::uint8_t> codes, std::size_t stride) const;
  /// Table accesses for one code: what `lut_lookup` counts.
  std::uint32_t accesses_per_code() const { return mode_ == LutMode::direct ? 1 : bits_; }

 private:
  void build_affine(const Layer& layer);
  void build_bounds(const Layer& layer);
  void build_estimate();
  void build_table(std::uint32_t index_bits);
  bool thresholds_follow(std::size_t channel) const;
  /// Codes of whole batches of positions from A alone. @return positions done
  std::size_t estimate_codes(std::span<const std::int32_t> accumulators, std::span<std::uint8_t> codes,
                             std::size_t stride) const;
  std::uint8_t code(const OutputSums& sums, std::size_t position, std::size_t channel) const;
  std::uint8_t search(std::size_t channel, std::int32_t accumulator) const;
  std::uint8_t boundaries_reached(double z) const;
  std::uint8_t look_up(double level) const;

  LutMode mode_;
  std::uint32_t bits_;
  std::uint32_t steps_;   ///< levels - 1
  std::int32_t largest_;  ///< magnitude of an accumulator, were all readouts lossless
  std::size_t channels_;
  double step_;

  // Where A alone enters z: (z - first boundary) / step + 1/2 = slope * A + start
  std::vector<double> slope_;  ///< [channels]
  std::vector<double> start_;  ///< [channels]
  // Where more does
  std::optional<OutputAffine> affine_;
  std::vector<double> boundaries_;  ///< [steps]

  // threshold_search
  std::vector<std::int32_t>
      bounds_;  ///< [channels, steps] ascending: thresholds, negated with A where the slope is
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
