// SPDX-License-Identifier: Apache-2.0
#include "components/model/pair_products.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "components/model/pac_kernels.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::size_t kMaxRows = 33025;  // 33025 * 255^2 < 2^31
constexpr std::size_t kWindows = 48;     // at a time
constexpr std::uint32_t kSignedRange = 128;

std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

}  // namespace

PairProducts::PairProducts(std::span<const std::uint8_t> weight_codes, std::size_t outputs, std::size_t rows,
                           std::span<const ExactPairs> classes)
    : outputs_(outputs),
      rows_(rows),
      stride_(round_up(rows, kRowAlignment)),
      blocks_(round_up(outputs, kOutputBlock) / kOutputBlock) {
  if (rows > kMaxRows) {
    throw Error(fmt::format("a window of {} rows: 8-bit products are summed in 32 bits, at most {} rows",
                            rows, kMaxRows));
  }
  packed_ = pack_weights(weight_codes, outputs, rows);
  for (const ExactPairs& pairs : classes) {
    auto& terms = terms_.emplace_back();
    for (const PairTerm& masks : pairs.terms()) terms.push_back(make_term(masks, weight_codes));
  }
}

PairProducts::Term PairProducts::make_term(const PairTerm& masks, std::span<const std::uint8_t> codes) const {
  Term term{masks, static_cast<std::uint32_t>(std::countr_zero(masks.activation_mask)), 0, {}};
  if (static_cast<std::uint32_t>(masks.activation_mask) >> term.shift < kSignedRange) return term;
  term.offset = kSignedRange;
  term.offsets.assign(padded_outputs(), 0);
  for (std::size_t o = 0; o < outputs_; ++o) {
    std::int32_t sum = 0;
    for (std::size_t k = 0; k < rows_; ++k) sum += codes[o * rows_ + k] & masks.weight_mask;
    term.offsets[o] = (sum * static_cast<std::int32_t>(kSignedRange)) << term.shift;
  }
  return term;
}

void PairProducts::add(std::span<const std::uint8_t* const> windows, std::size_t index,
                       std::vector<std::int8_t>& digits, std::span<std::int32_t* const> products) const {
  digits.resize(std::max(digits.size(), std::min(kWindows, windows.size()) * stride_));
  for (std::size_t first = 0; first < windows.size(); first += kWindows) {
    const std::size_t count = std::min(kWindows, windows.size() - first);
    for (const Term& term : terms_[index]) {
      add_term(term, windows.subspan(first, count), digits, products.subspan(first, count));
    }
  }
}

void PairProducts::add_term(const Term& term, std::span<const std::uint8_t* const> windows,
                            std::vector<std::int8_t>& digits, std::span<std::int32_t* const> products) const {
  std::array<const std::int8_t*, kWindows> extracted;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    std::int8_t* target = digits.data() + w * stride_;
    extract_digits(windows[w], target, stride_, term.masks.activation_mask, term.shift, term.offset);
    extracted[w] = target;
    for (std::size_t o = 0; o < term.offsets.size(); ++o) products[w][o] += term.offsets[o];
  }
  add_digit_products({packed_.data(), blocks_, (rows_ + 3) / 4}, term.masks.weight_mask, term.shift,
                     {extracted.data(), windows.size()}, products.data());
}

}  // namespace sumline
