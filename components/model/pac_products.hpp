// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/pac_correction.hpp"
#include "components/model/pac_rule.hpp"
#include "components/model/pair_products.hpp"

namespace sumline {

/// result = scale * product + offset[output] + code_sum_factor * (sum of the window's codes): how a product
/// of codes becomes a real number. The default is the product itself.
struct Dequantizer {
  double scale = 1;
  std::span<const double> offset{};  ///< [outputs]; empty = zeros
  double code_sum_factor = 0;
};

/// A layer's weights prepared for a PacRule, and its products in closed form: the exact pairs as small
/// integer products, all others as a correction of rank two per term. Bit for bit the same for any split of
/// the windows.
class PacProducts {
 public:
  /// @param weight_codes [outputs, rows], unsigned @throws Error as PairProducts
  PacProducts(std::span<const std::uint8_t> weight_codes, std::size_t outputs, std::size_t rows,
              PacRule rule);

  std::size_t outputs() const { return pairs_.outputs(); }
  std::size_t rows() const { return pairs_.rows(); }
  /// Bytes from one window to the next: rows() padded.
  std::size_t window_stride() const { return pairs_.window_stride(); }
  std::span<const PairTerm> terms(std::size_t pac_class) const { return correction_.terms(pac_class); }
  std::size_t segments() const { return correction_.segments(); }
  const PacRule& rule() const { return rule_; }

  /// @param windows [count, window_stride()] activation codes, zero behind rows() @param results [count,
  /// outputs()]
  /// @param classes [count], index into rule().classes; or empty
  void multiply(std::span<const std::uint8_t> windows, const Dequantizer& dequantizer,
                std::span<float> results, std::span<std::uint8_t> classes) const;

  RowRange segment(std::size_t index) const { return correction_.segment(index); }

  /// As hardware forms them: each segment's correction is rounded to an integer.
  /// @param windows [count, window_stride()] as above, anything behind rows() @param counts [count, segments()]
  /// @param products [count, outputs()], replaced @param classes [count]
  void multiply(std::span<const std::uint8_t> windows, std::span<const BitCounts> counts,
                std::span<std::int32_t> products, std::span<std::uint8_t> classes) const;

 private:
  struct Tile;

  /// Calls visit(window, exact pairs' products [padded outputs]).
  template <class Visit>
  void for_each_window(std::span<const std::uint8_t> windows, std::span<const std::uint8_t> classes,
                       Visit visit) const;
  /// Of the codes of one segment. @param sum of the window's
  PacCorrection::CodeSums code_sums(const std::uint8_t* window, std::uint64_t sum, std::size_t segment,
                                    std::size_t pac_class) const;

  PacRule rule_;
  PairProducts pairs_;
  PacCorrection correction_;
};

}  // namespace sumline
