// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/pac_rule.hpp"

namespace sumline {

/// result = scale * product + offset[output] + code_sum_factor * (sum of the window's codes): how a product
/// of codes becomes a real number. The default is the product itself.
struct Dequantizer {
  double scale = 1;
  std::span<const double> offset{};  ///< [outputs]; empty = zeros
  double code_sum_factor = 0;
};

/// A layer's weights prepared for a PacRule, and its products in closed form: the exact pairs as small
/// integer products, all others as a correction of rank two per term,
///     M = sum over terms (w & wm)(x & xm) + (W X - sum over terms W_wm X_xm) / N,
/// W, X the sums of the codes and W_wm, X_xm of the masked codes. Bit for bit the same for any split of the
/// windows.
class PacProducts {
 public:
  /// @param weight_codes [outputs, rows], unsigned
  /// @throws Error where rows exceeds 33025, beyond which a sum of 8-bit products could leave 32 bits
  PacProducts(std::span<const std::uint8_t> weight_codes, std::size_t outputs, std::size_t rows,
              PacRule rule);

  std::size_t outputs() const { return outputs_; }
  std::size_t rows() const { return rows_; }
  /// Bytes from one window to the next: rows() padded with zeros.
  std::size_t window_stride() const { return stride_; }
  const PacRule& rule() const { return rule_; }

  /// @param windows [count, window_stride()] activation codes, zero behind rows() @param results [count,
  /// outputs()]
  /// @param classes [count], index into rule().classes; or empty
  void multiply(std::span<const std::uint8_t> windows, const Dequantizer& dequantizer,
                std::span<float> results, std::span<std::uint8_t> classes) const;

 private:
  struct Tile;
  struct Term {
    PairTerm masks;
    std::uint32_t shift;       ///< of the activation digit
    std::uint8_t offset;       ///< taken off the digit so that it fits a signed byte
    std::vector<double> sums;  ///< [segments, padded outputs] of the masked weights
  };

  std::size_t padded_outputs() const;
  std::size_t segments() const { return (rows_ + segment_rows_ - 1) / segment_rows_; }
  std::vector<double> masked_weight_sums(std::span<const std::uint8_t> codes, std::uint8_t mask) const;
  /// factors[s] = (masked codes of segment s) / (rows of segment s)
  void segment_factors(const std::uint8_t* window, std::uint8_t mask, std::span<double> factors) const;
  void classify(Tile& tile, std::span<std::uint8_t> classes) const;
  void start(Tile& tile) const;
  void add_term(const Term& term, std::span<const std::size_t> members, Tile& tile) const;

  PacRule rule_;
  std::size_t outputs_;
  std::size_t rows_;
  std::size_t stride_;
  std::size_t blocks_;
  std::size_t segment_rows_;
  std::vector<std::uint8_t> packed_;
  std::vector<double> weight_sums_;       ///< [segments, padded outputs]
  std::vector<std::vector<Term>> terms_;  ///< [class]
};

}  // namespace sumline
