// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "components/model/exact_pairs.hpp"

namespace sumline {

/// How the products of a layer's windows are formed: which pairs are exact, and what that depends on.
struct PacRule {
  std::vector<ExactPairs> classes;  ///< fewest pairs first
  /// [classes - 1], ascending: a window whose speculation exceeds k of them belongs to class k.
  std::vector<float> thresholds;
  std::uint32_t segment_rows = 0;  ///< counts are taken per this many rows; 0: over the whole window

  /// No approximation: the integer products themselves.
  static PacRule exact(std::uint32_t weight_bits, std::uint32_t activation_bits);

  /// Same pairs at every position. @throws Error as ExactPairs::most_significant
  static PacRule fixed(std::uint32_t operand, std::uint32_t weight_bits, std::uint32_t activation_bits);

  /// Dynamic workload configuration: 10, 13, 15 or 16 pairs by the speculated output of the window.
  /// @param thresholds ascending; the original's are 7000, 10000, 13000
  /// @throws Error unless both widths are 8, operand is 4 and the thresholds are finite and ascend
  static PacRule dynamic(const std::array<double, 3>& thresholds, std::uint32_t operand,
                         std::uint32_t weight_bits, std::uint32_t activation_bits);

  /// @param code_sum of the window's activation codes, padding included @param rows of the window
  std::size_t class_of(std::uint64_t code_sum, std::size_t rows) const;

  /// Scalar products that the hardware forms per output and segment for the pairs that a class leaves out:
  /// one for the less significant weight bits, one for the less significant activation bits, one for each
  /// pair that the class moves.
  std::uint32_t scalar_products(std::size_t index, std::uint32_t weight_bits,
                                std::uint32_t activation_bits) const;

  bool operator==(const PacRule&) const = default;
};

/// The value that dynamic configuration compares: the window's code sum scaled to a window of 576 rows
/// (64 channels, 3x3), in float32.
float speculate(std::uint64_t code_sum, std::size_t rows);

}  // namespace sumline
