// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "components/model/integer_matrix.hpp"
#include "components/model/windows.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// The weights of a layer as integers. @return [out.channels, rows], rows in the given order
IntegerMatrix weight_matrix(const Layer& layer, RowOrder order = RowOrder::channel_major);

/// Weights times codes as plain integer arithmetic: what a digital unit computes, and arrays where nothing is lost.
class ExactProduct {
 public:
  /// All weights of a layer. @param order of the vectors' rows
  explicit ExactProduct(const Layer& layer, RowOrder order = RowOrder::channel_major);
  /// @param weights [outputs, rows]
  ExactProduct(IntegerMatrix weights, const CodeFormat& activations);

  std::size_t rows() const { return weights_.depth(); }
  std::size_t outputs() const { return weights_.rows(); }
  /// @param vectors [count, rows] codes @param accumulators [count, outputs], replaced
  void multiply(std::span<const std::uint8_t> vectors, std::size_t count,
                std::span<std::int32_t> accumulators) const;

 private:
  IntegerMatrix weights_;
  bool codes_are_values_;
  std::array<std::int16_t, 256> values_{};  ///< [code] of an activation
};

}  // namespace sumline
