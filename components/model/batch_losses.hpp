// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/array_model.hpp"
#include "components/model/batch_readout.hpp"

namespace sumline {

/// What the readouts of one array lose, for many input vectors at a time: the sums of
/// ArrayModel::accumulate_losses(), by making every conversion of the wordline groups where one may lose.
class BatchLosses {
 public:
  /// True for static wordline groups that carry one bit at a time, with sums that the batched kernel looks up
  /// in registers.
  static bool supports(const ArrayModel& array);

  /// @param array where supports()
  explicit BatchLosses(const ArrayModel& array);

  /// The reads accumulate() makes for `vectors` input vectors: the kernel's blocks and planes are always
  /// full.
  std::size_t reads(std::size_t vectors, std::uint32_t planes) const;

  /// accumulators[v * stride + o] += the losses of output first_output() + o in input vector v.
  /// @param inputs the layer's input vectors, all rows @param accumulators of the first vector's first output
  /// of the array @return conversions that lose
  std::uint64_t accumulate(const InputBatch& inputs, std::span<std::int32_t> accumulators,
                           std::size_t stride) const;

 private:
  struct Group {
    std::uint32_t first_row;  ///< of the layer
    CellPlanes cells;         ///< the unit column last, where there is one
    ReadoutTable losses;      ///< [sum] R(D) - D
    ReadoutTable loses;       ///< [sum] 1 where that is not zero
  };

  std::uint64_t count(const InputBatch& inputs) const;

  std::vector<Group> groups_;
  std::vector<BitlineTarget> targets_;    ///< [columns]; the unit column's own one comes after the outputs
  std::vector<std::int32_t> correction_;  ///< [outputs], factor of the unit column; empty without one
  std::size_t outputs_;
};

}  // namespace sumline
