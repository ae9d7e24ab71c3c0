// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/bit_planes.hpp"
#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

/// How codes become the digits that arrays hold and wordlines carry: the encodings of the project's one
/// equation.
namespace sumline {

/// One group of columns: the digit every weight code stores there, and the factor of its partial sums.
struct WeightSlice {
  std::int32_t coefficient;            ///< a_p
  std::array<std::int8_t, 256> digit;  ///< [code], 0..2^cell_bits - 1, or the signed value itself
};

/// value(code) = sum over slices of coefficient * digit[code] + constant, for every code of the format.
/// The constant is multiplied by the sum of the inputs (offset correction).
struct WeightSlicing {
  std::vector<WeightSlice> slices;
  std::int32_t constant;

  /// @param cell_bits 1..4; signed cells of b bits hold what mid-rise codes of b bits stand for, -(2^b-1)..2^b-1
  WeightSlicing(WeightMapping mapping, CodeFormat format, std::uint32_t cell_bits);

  /// Drops all slices but the `count` last, the most significant ones.
  void keep_most_significant(std::uint32_t count);
  /// Slices dropped below the first.
  std::uint32_t dropped = 0;
};

/// Unsigned activations go in `digits` steps of `digit_bits` bits, least significant first; step t weighs 2^(t *
/// digit_bits). Mid-rise and ternary ones go in one signed digit.
struct ActivationSlicing {
  CodeFormat format;
  std::uint32_t bits;        ///< of a code
  std::uint32_t digit_bits;  ///< of a digit's magnitude
  std::uint32_t digits;
  std::uint32_t first_digit = 0;           ///< less significant ones are not driven
  bool has_sign;                           ///< one further bit-plane tells the digit's sign
  std::array<std::uint8_t, 256> driven{};  ///< [code] of a signed format: magnitude, the sign above it

  /// @param dac_bits 1..8, and of a signed format no less than its bits
  ActivationSlicing(CodeFormat format, std::uint32_t dac_bits);

  /// Leaves all digits but the `count` last, the most significant ones, undriven.
  void drive_most_significant(std::uint32_t count);
  /// Bits of a code that reach the array.
  std::uint32_t driven_bits() const { return bits - first_digit * digit_bits; }
  std::uint32_t max_digit() const { return (1U << digit_bits) - 1; }

  /// Takes the codes on an array's wordlines apart: bits of the digits' magnitudes, then the sign. The digit of
  /// an undriven wordline is zero.
  void split(std::span<const std::uint8_t> codes, BitPlanes& planes) const;
  /// Digits, of all codes, that are not zero.
  std::uint64_t count_active(std::span<const std::uint8_t> codes) const;
};

}  // namespace sumline
