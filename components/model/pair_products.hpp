// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/exact_pairs.hpp"

namespace sumline {

/// Weights packed for products of chosen pairs of bits: what a digital array computes for each class of a
/// PacRule.
class PairProducts {
 public:
  /// @param weight_codes [outputs, rows], unsigned
  /// @throws Error where rows exceeds 33025, beyond which a sum of 8-bit products could leave 32 bits
  PairProducts(std::span<const std::uint8_t> weight_codes, std::size_t outputs, std::size_t rows,
               std::span<const ExactPairs> classes);

  std::size_t outputs() const { return outputs_; }
  std::size_t rows() const { return rows_; }
  /// Bytes from one window to the next: rows() padded.
  std::size_t window_stride() const { return stride_; }
  /// Length of a window's products: outputs() padded.
  std::size_t padded_outputs() const { return blocks_ * kOutputBlock; }

  /// products[w][o] += sum over rows and the pairs of class `index` of 2^(p+q) w_p x_q.
  /// @param windows pointers to window_stride() codes each, anything behind rows()
  /// @param products pointers to padded_outputs() sums each
  /// @param digits working storage, grown where it is too small
  void add(std::span<const std::uint8_t* const> windows, std::size_t index, std::vector<std::int8_t>& digits,
           std::span<std::int32_t* const> products) const;

 private:
  static constexpr std::size_t kOutputBlock = 16;
  struct Term {
    PairTerm masks;
    std::uint32_t shift;                ///< of the activation digit
    std::uint8_t offset;                ///< taken off the digit so that it fits a signed byte
    std::vector<std::int32_t> offsets;  ///< [padded outputs] what that takes off the products; or empty
  };
  Term make_term(const PairTerm& masks, std::span<const std::uint8_t> codes) const;
  void add_term(const Term& term, std::span<const std::uint8_t* const> windows,
                std::vector<std::int8_t>& digits, std::span<std::int32_t* const> products) const;

  std::size_t outputs_;
  std::size_t rows_;
  std::size_t stride_;
  std::size_t blocks_;
  std::vector<std::uint8_t> packed_;
  std::vector<std::vector<Term>> terms_;  ///< [class]
};

}  // namespace sumline
