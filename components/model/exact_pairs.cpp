// SPDX-License-Identifier: Apache-2.0
#include "components/model/exact_pairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "energy/error.hpp"

namespace sumline {

ExactPairs ExactPairs::most_significant(std::uint32_t operand, std::uint32_t weight_bits,
                                        std::uint32_t activation_bits) {
  if (operand > std::min(weight_bits, activation_bits)) {
    throw Error(fmt::format(
        "operand = {}: must be at most the narrower width, {} (weights {} bits, activations {} bits)",
        operand, std::min(weight_bits, activation_bits), weight_bits, activation_bits));
  }
  ExactPairs pairs;
  const std::uint32_t low = activation_bits - operand;
  const auto mask = static_cast<std::uint8_t>(((1U << operand) - 1U) << low);
  std::fill_n(pairs.activation_mask.begin() + (weight_bits - operand), operand, mask);
  return pairs;
}

ExactPairs ExactPairs::all(std::uint32_t weight_bits, std::uint32_t activation_bits) {
  ExactPairs pairs;
  std::fill_n(pairs.activation_mask.begin(), weight_bits,
              static_cast<std::uint8_t>((1U << activation_bits) - 1U));
  return pairs;
}

ExactPairs ExactPairs::above(std::uint32_t limit) const {
  ExactPairs kept;
  for (std::uint32_t p = 0; p < 8; ++p) {
    const std::uint32_t lowest = limit + 1 > p ? limit + 1 - p : 0;
    const std::uint32_t mask = lowest < 8 ? 0xFFU << lowest : 0U;
    kept.activation_mask[p] = static_cast<std::uint8_t>(activation_mask[p] & mask);
  }
  return kept;
}

std::uint32_t ExactPairs::count() const {
  int pairs = 0;
  for (const std::uint8_t mask : activation_mask) pairs += std::popcount(mask);
  return static_cast<std::uint32_t>(pairs);
}

std::vector<PairTerm> ExactPairs::terms() const {
  std::vector<PairTerm> terms;
  for (std::uint32_t p = 0; p < 8; ++p) {
    const std::uint8_t mask = activation_mask[p];
    if (mask == 0) continue;
    const auto bit = static_cast<std::uint8_t>(1U << p);
    const auto same =
        std::find_if(terms.begin(), terms.end(), [&](auto& t) { return t.activation_mask == mask; });
    if (same == terms.end()) {
      terms.push_back({bit, mask});
    } else {
      same->weight_mask = static_cast<std::uint8_t>(same->weight_mask | bit);
    }
  }
  return terms;
}

}  // namespace sumline
