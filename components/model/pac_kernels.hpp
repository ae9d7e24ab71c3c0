// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// The inner loops of PacProducts: SIMD through Highway with run-time dispatch; every target gives the same
/// bits.
namespace sumline {

inline constexpr std::size_t kOutputBlock = 16;   ///< outputs side by side in packed weights
inline constexpr std::size_t kRowAlignment = 64;  ///< bytes a window is padded to

/// Weight codes packed as [block of 16 outputs][row / 4][output in block][row % 4], zero-filled.
struct PackedWeights {
  const std::uint8_t* codes;
  std::size_t blocks;
  std::size_t quads;  ///< rows / 4, rounded up
};

/// [outputs, rows] codes packed so.
std::vector<std::uint8_t> pack_weights(std::span<const std::uint8_t> codes, std::size_t outputs,
                                       std::size_t rows);

/// products[r * blocks * 16 + o] += (sum over rows k of (weight & mask) * digits[r][k]) << shift; exact below
/// 2^31.
/// @param digits one pointer per window, to 4 * quads signed digits
void add_digit_products(const PackedWeights& weights, std::uint8_t mask, std::uint32_t shift,
                        std::span<const std::int8_t* const> digits, std::int32_t* const* products);

/// digits[k] = ((codes[k] & mask) >> shift) - offset. @param count multiple of 64
void extract_digits(const std::uint8_t* codes, std::int8_t* digits, std::size_t count, std::uint8_t mask,
                    std::uint32_t shift, std::uint8_t offset);

/// Sum of codes[k] & mask. @param count multiple of 64
std::uint64_t masked_sum(const std::uint8_t* codes, std::size_t count, std::uint8_t mask);

/// sums[o] = sum over t of factors[t] * values[t][o], integers below 2^53.
void sum_scaled(const double* const* values, const double* factors, std::size_t terms, double* sums,
                std::size_t count);

/// sums[o] += factor * values[o], each operation rounded once.
void add_scaled(const double* values, double factor, double* sums, std::size_t count);

/// products[o] += (sum over t of factors[t] * values[t][o]) / divisor, rounded to the nearest integer, halves up:
/// exact for integers below 2^53, |quotient| < 2^31 and divisor < 2^20.
void add_quotients(const double* const* values, const double* factors, std::size_t terms, double divisor,
                   std::int32_t* products, std::size_t count);

/// results[o] = scale * (exact[o] + approximate[o]) + offset[o] + constant, evaluated from left to right.
void finish_products(const std::int32_t* exact, const double* approximate, double scale, const double* offset,
                     double constant, float* results, std::size_t count);

}  // namespace sumline
