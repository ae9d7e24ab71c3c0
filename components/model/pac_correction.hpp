// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/bit_planes.hpp"
#include "components/model/pac_rule.hpp"

namespace sumline {

/// The products of all pairs that are not exact, from sums of codes alone:
///     correction = sum over segments of (W X - sum over terms W_wm X_xm) / N,
/// W, X the sums of a segment's codes and W_wm, X_xm of the masked codes. Every segment's numerator is an exact
/// integer below 2^53.
class PacCorrection {
 public:
  static constexpr std::size_t kMaxTerms = 8;
  /// Of a segment's activation codes: the sum, then the masked sum of each term.
  using CodeSums = std::array<double, kMaxTerms + 1>;

  /// @param weight_codes [outputs, rows] @param width outputs padded: length of results
  PacCorrection(std::span<const std::uint8_t> weight_codes, std::size_t outputs, std::size_t rows,
                std::size_t width, const PacRule& rule);

  std::size_t segments() const { return segments_.size(); }
  RowRange segment(std::size_t index) const { return segments_[index]; }
  std::size_t width() const { return width_; }
  std::span<const PairTerm> terms(std::size_t pac_class) const { return terms_[pac_class]; }
  /// Of the codes that have these counts.
  CodeSums code_sums(const BitCounts& counts, std::size_t pac_class) const;
  /// corrections[o] += the segment's part, a real number.
  /// @param storage [width()] @param corrections [width()]
  void add(std::size_t segment, std::size_t pac_class, const CodeSums& sums, std::span<double> storage,
           double* corrections) const;
  /// The same rounded to the nearest integer (half up), as it enters the hardware's accumulator.
  void add_rounded(std::size_t segment, std::size_t pac_class, const CodeSums& sums,
                   std::int32_t* products) const;
  /// All segments of a window, rounded. @param counts [segments()] @param sums [outputs], added to
  void correct(std::span<const BitCounts> counts, std::size_t pac_class, std::span<std::int32_t> sums) const;

 private:
  /// sum over terms of factors[t] * weights[t][o]: of one segment, per output.
  struct Numerators {
    std::array<const double*, kMaxTerms + 1> weights;
    CodeSums factors;
    std::size_t terms;
  };
  Numerators numerators(std::size_t segment, std::size_t pac_class, const CodeSums& sums) const;

  std::size_t width_;
  std::vector<RowRange> segments_;
  std::vector<double> weight_sums_;                            ///< [segments, width]
  std::vector<std::vector<PairTerm>> terms_;                   ///< [class][term]
  std::vector<std::vector<std::vector<double>>> masked_sums_;  ///< [class][term][segments, width]
};

}  // namespace sumline
