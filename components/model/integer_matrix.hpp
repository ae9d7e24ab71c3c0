// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sumline {

/// Weights of an exact integer product, packed once for the kernel: where a readout is lossless, algebra
/// replaces it.
class IntegerMatrix {
 public:
  /// @param values [rows, depth], row-major, each -255..255; depth * 255 * 255 below 2^31
  IntegerMatrix(std::span<const std::int16_t> values, std::size_t rows, std::size_t depth);

  std::size_t rows() const { return rows_; }
  std::size_t depth() const { return depth_; }
  /// Pairs of consecutive depths, [ceil(rows / kBlock)][ceil(depth / 2)][kBlock][2], zero where there is no
  /// value.
  const std::vector<std::int16_t>& packed() const { return packed_; }

  static constexpr std::size_t kBlock = 32;

 private:
  std::size_t rows_;
  std::size_t depth_;
  std::vector<std::int16_t> packed_;
};

/// products[m, n] = sum over k of codes[m, k] * weights[n, k], exact.
/// @param codes [count, weights.depth()] @param products [count, weights.rows()], replaced
void multiply(const IntegerMatrix& weights, std::span<const std::uint8_t> codes, std::size_t count,
              std::span<std::int32_t> products);

/// The same for integers that codes stand for. @param values [count, weights.depth()], each -255..255
void multiply(const IntegerMatrix& weights, std::span<const std::int16_t> values, std::size_t count,
              std::span<std::int32_t> products);

}  // namespace sumline
