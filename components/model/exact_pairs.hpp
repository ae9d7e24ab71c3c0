// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace sumline {

/// A block of bit pairs that one small integer product covers: the weight bits of one mask with the
/// activation bits of another.
struct PairTerm {
  std::uint8_t weight_mask;
  std::uint8_t activation_mask;
};

/// The pairs (weight bit p, activation bit q) whose products a digital array computes exactly; all others are
/// approximated from bit counts (specs: PACiM, arXiv 2408.16246). Bit 0 is the least significant.
struct ExactPairs {
  std::array<std::uint8_t, 8> activation_mask{};  ///< [p]: bit q set = pair (p, q) is exact

  /// The `operand` most significant bits of both: operand^2 pairs.
  /// @param operand 0..min(weight_bits, activation_bits), 0 = all approximated
  /// @throws Error where it is larger
  static ExactPairs most_significant(std::uint32_t operand, std::uint32_t weight_bits,
                                     std::uint32_t activation_bits);

  /// Every pair of bits.
  static ExactPairs all(std::uint32_t weight_bits, std::uint32_t activation_bits);

  /// The pairs of *this with p + q > limit.
  ExactPairs above(std::uint32_t limit) const;

  bool contains(std::uint32_t p, std::uint32_t q) const { return ((activation_mask[p] >> q) & 1U) != 0; }
  std::uint32_t count() const;  ///< bit-serial cycles of one output position
  /// Disjoint terms that cover exactly these pairs; their weight masks are disjoint.
  std::vector<PairTerm> terms() const;

  bool operator==(const ExactPairs&) const = default;
};

}  // namespace sumline
