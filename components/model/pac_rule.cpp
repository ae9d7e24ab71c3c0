// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_rule.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::uint64_t kSpeculationRows = 64 * 3 * 3;
/// Pairs of the 4x4 block with p + q up to these move to the approximation, from class 0 on.
constexpr std::array<std::uint32_t, 3> kMovedUpTo{10, 9, 8};

void check_thresholds(const std::array<double, 3>& thresholds) {
  const auto [first, second, third] = thresholds;
  if (!std::isfinite(first) || !std::isfinite(third) || !(first <= second && second <= third)) {
    throw Error(
        fmt::format("dynamic.thresholds = [{}, {}, {}]: must be finite and ascend", first, second, third));
  }
}

}  // namespace

PacRule PacRule::exact(std::uint32_t weight_bits, std::uint32_t activation_bits) {
  return {{ExactPairs::all(weight_bits, activation_bits)}, {}};
}

PacRule PacRule::fixed(std::uint32_t operand, std::uint32_t weight_bits, std::uint32_t activation_bits) {
  return {{ExactPairs::most_significant(operand, weight_bits, activation_bits)}, {}};
}

PacRule PacRule::dynamic(const std::array<double, 3>& thresholds, std::uint32_t operand,
                         std::uint32_t weight_bits, std::uint32_t activation_bits) {
  if (weight_bits != 8 || activation_bits != 8 || operand != 4) {
    throw Error(
        fmt::format("dynamic: operand {} with {}-bit weights and {}-bit activations: dynamic workload "
                    "configuration is defined for operand 4 with 8 and 8 bits",
                    operand, weight_bits, activation_bits));
  }
  check_thresholds(thresholds);
  const ExactPairs block = ExactPairs::most_significant(operand, weight_bits, activation_bits);
  PacRule rule;
  for (const std::uint32_t limit : kMovedUpTo) rule.classes.push_back(block.above(limit));
  rule.classes.push_back(block);
  for (const double threshold : thresholds) rule.thresholds.push_back(static_cast<float>(threshold));
  return rule;
}

std::size_t PacRule::class_of(std::uint64_t code_sum, std::size_t rows) const {
  std::size_t index = 0;
  if (thresholds.empty()) return index;
  const float speculation = speculate(code_sum, rows);
  for (const float threshold : thresholds) index += speculation > threshold ? 1U : 0U;
  return index;
}

std::uint32_t PacRule::scalar_products(std::size_t index, std::uint32_t weight_bits,
                                       std::uint32_t activation_bits) const {
  const ExactPairs& block = classes.back();
  int exact_weight_bits = 0;
  unsigned exact_activation_bits = 0;
  for (const std::uint8_t mask : block.activation_mask) {
    exact_weight_bits += mask != 0 ? 1 : 0;
    exact_activation_bits |= mask;
  }
  if (exact_weight_bits == 0) return 1;  // W X: nothing is left to take off
  const bool low_weights = static_cast<std::uint32_t>(exact_weight_bits) < weight_bits;
  const bool low_activations =
      static_cast<std::uint32_t>(std::popcount(exact_activation_bits)) < activation_bits;
  return (low_weights ? 1U : 0U) + (low_activations ? 1U : 0U) + block.count() - classes[index].count();
}

float speculate(std::uint64_t code_sum, std::size_t rows) {
  return static_cast<float>(code_sum * kSpeculationRows) / static_cast<float>(rows);
}

}  // namespace sumline
