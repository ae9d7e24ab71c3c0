// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// How far probabilistic products are from exact ones, measured on random vectors and predicted exactly.
namespace sumline {

/// Vectors of `length` codes whose every bit-plane holds int(length * density) ones at random places.
struct PacErrorPoint {
  std::uint32_t length = 0;           ///< 2..33025
  std::uint32_t operand = 0;          ///< see ExactPairs::most_significant
  std::uint32_t weight_bits = 8;      ///< 1..8
  std::uint32_t activation_bits = 8;  ///< 1..8
  double weight_density = 0.5;        ///< of ones, 0..1
  double activation_density = 0.5;
};

struct PacError {
  PacErrorPoint point;
  double full_scale = 0;  ///< the largest product: (2^bits - 1)^2 * length
  double measured = 0;    ///< root mean square of approximate - exact product
  double bias = 0;        ///< mean of the same
  double predicted = 0;   ///< root mean square from the hypergeometric law

  double measured_share() const { return measured / full_scale; }
  double predicted_share() const { return predicted / full_scale; }
};

/// Mean and spread of the number of places where two shuffled planes are both one.
struct PairMoments {
  double mean = 0;
  double deviation = 0;
};

/// Exact law of that number: hypergeometric. @param ones at most `length` each
PairMoments predict_pairs(std::uint32_t length, std::uint32_t weight_ones, std::uint32_t activation_ones);

struct MeasuredPairs {
  PairMoments moments;
  std::uint32_t smallest = 0;
  std::uint32_t largest = 0;
};

/// The same from `trials` shuffles.
MeasuredPairs measure_pairs(std::uint32_t length, std::uint32_t weight_ones, std::uint32_t activation_ones,
                            std::uint32_t trials, std::uint64_t seed);

/// Every one of `vectors` weight vectors with every one of `vectors` activation vectors.
/// @throws Error for a point out of range
PacError pac_error(const PacErrorPoint& point, std::uint32_t vectors, std::uint64_t seed);

/// Header and one line per error, numbers with 6 significant digits.
std::string pac_error_csv(std::span<const PacError> errors);

}  // namespace sumline
