// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "components/model/array_model.hpp"
#include "components/model/exact_product.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// The conversions of all arrays on the same wordlines at once, where a staircase changes every sum: integer
/// products group by group, each through the table of the readout.
class TileConversions {
 public:
  /// True for arrays whose every read of every input vector is made, changes its sum and takes the whole input.
  static bool supports(const ArrayModel& array);
  /// @param array any on those wordlines
  TileConversions(const Layer& layer, const ArrayModel& array);

  /// @param vectors [count, layer.rows()] codes @param accumulators [count, layer.out.channels], added to
  /// @return saturated conversions
  std::uint64_t accumulate(std::span<const std::uint8_t> vectors, std::size_t count,
                           std::span<std::int32_t> accumulators) const;

 private:
  /// Wordlines driven together.
  struct Group {
    RowRange rows;  ///< of the layer's weight matrix
    ExactProduct product;
  };
  std::uint64_t convert(std::span<const std::int32_t> sums, std::span<std::int32_t> accumulators) const;

  std::size_t layer_rows_;
  Readout readout_;
  std::vector<Group> groups_;
};

}  // namespace sumline
