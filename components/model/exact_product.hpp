// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "components/model/integer_matrix.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// The weights of a layer as integers. @return [out.channels, rows]
IntegerMatrix weight_matrix(const Layer& layer);

/// A layer with weights as plain integer arithmetic, without arrays: what a digital unit computes.
class ExactProduct {
 public:
  explicit ExactProduct(const Layer& layer);

  /// @param vectors [count, rows] codes @param accumulators [count, out.channels], replaced
  void multiply(std::span<const std::uint8_t> vectors, std::size_t count,
                std::span<std::int32_t> accumulators) const;

 private:
  IntegerMatrix weights_;
  bool codes_are_values_;
  std::array<std::int16_t, 256> values_{};  ///< [code] of an activation
};

}  // namespace sumline
