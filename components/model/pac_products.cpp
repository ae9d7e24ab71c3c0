// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_products.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "components/model/pac_kernels.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::size_t kMaxRows = 33025;  // 33025 * 255^2 < 2^31
constexpr std::size_t kTileWindows = 48;
constexpr std::uint32_t kSignedRange = 128;

std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

std::vector<std::uint8_t> pack(std::span<const std::uint8_t> codes, std::size_t outputs, std::size_t rows) {
  const std::size_t quads = (rows + 3) / 4;
  std::vector<std::uint8_t> packed(round_up(outputs, kOutputBlock) * quads * 4, 0);
  for (std::size_t o = 0; o < outputs; ++o) {
    const std::uint8_t* source = codes.data() + o * rows;
    std::uint8_t* target =
        packed.data() + (o / kOutputBlock) * quads * 4 * kOutputBlock + o % kOutputBlock * 4;
    for (std::size_t k = 0; k < rows; ++k) target[k / 4 * 4 * kOutputBlock + k % 4] = source[k];
  }
  return packed;
}

}  // namespace

/// Up to kTileWindows windows on their way to results.
struct PacProducts::Tile {
  Tile(std::size_t stride, std::size_t segments, std::size_t classes)
      : digits(kTileWindows * stride), factors(segments), members(classes) {}

  std::span<const std::uint8_t> windows;
  std::size_t count = 0;
  std::vector<std::int8_t> digits;
  std::vector<std::int32_t> exact;
  std::vector<double> approximate;
  std::vector<double> factors;
  std::array<double, kTileWindows> code_sums{};
  std::vector<std::vector<std::size_t>> members;  ///< [class] windows
};

PacProducts::PacProducts(std::span<const std::uint8_t> weight_codes, std::size_t outputs, std::size_t rows,
                         PacRule rule)
    : rule_(std::move(rule)),
      outputs_(outputs),
      rows_(rows),
      stride_(round_up(rows, kRowAlignment)),
      blocks_(round_up(outputs, kOutputBlock) / kOutputBlock),
      segment_rows_(rule_.segment_rows == 0 ? rows : rule_.segment_rows) {
  if (rows > kMaxRows) {
    throw Error(fmt::format("a window of {} rows: 8-bit products are summed in 32 bits, at most {} rows",
                            rows, kMaxRows));
  }
  packed_ = pack(weight_codes, outputs, rows);
  weight_sums_ = masked_weight_sums(weight_codes, 0xFF);
  for (const ExactPairs& pairs : rule_.classes) {
    auto& terms = terms_.emplace_back();
    for (const PairTerm& masks : pairs.terms()) {
      const auto shift = static_cast<std::uint32_t>(std::countr_zero(masks.activation_mask));
      const bool wide = static_cast<std::uint32_t>(masks.activation_mask) >> shift >= kSignedRange;
      terms.push_back({masks, shift, static_cast<std::uint8_t>(wide ? kSignedRange : 0),
                       masked_weight_sums(weight_codes, masks.weight_mask)});
    }
  }
}

std::size_t PacProducts::padded_outputs() const {
  return blocks_ * kOutputBlock;
}

std::vector<double> PacProducts::masked_weight_sums(std::span<const std::uint8_t> codes,
                                                    std::uint8_t mask) const {
  std::vector<double> sums(segments() * padded_outputs(), 0);
  for (std::size_t o = 0; o < outputs_; ++o) {
    for (std::size_t k = 0; k < rows_; ++k) {
      sums[k / segment_rows_ * padded_outputs() + o] += codes[o * rows_ + k] & mask;
    }
  }
  return sums;
}

void PacProducts::segment_factors(const std::uint8_t* window, std::uint8_t mask,
                                  std::span<double> factors) const {
  if (factors.size() == 1) {
    factors[0] = static_cast<double>(masked_sum(window, stride_, mask)) / static_cast<double>(rows_);
    return;
  }
  for (std::size_t s = 0; s < factors.size(); ++s) {
    const std::size_t end = std::min(rows_, (s + 1) * segment_rows_);
    std::uint64_t sum = 0;
    for (std::size_t k = s * segment_rows_; k < end; ++k) sum += window[k] & mask;
    factors[s] = static_cast<double>(sum) / static_cast<double>(end - s * segment_rows_);
  }
}

void PacProducts::add_term(const Term& term, std::span<const std::size_t> members, Tile& tile) const {
  std::array<const std::int8_t*, kTileWindows> digits;
  std::array<std::int32_t*, kTileWindows> products;
  const std::size_t width = padded_outputs();
  for (std::size_t m = 0; m < members.size(); ++m) {
    const std::uint8_t* window = tile.windows.data() + members[m] * stride_;
    std::int8_t* target = tile.digits.data() + m * stride_;
    extract_digits(window, target, stride_, term.masks.activation_mask, term.shift, term.offset);
    digits[m] = target;
    products[m] = tile.exact.data() + members[m] * width;
    segment_factors(window, term.masks.activation_mask, tile.factors);
    for (std::size_t s = 0; s < tile.factors.size(); ++s) {
      double* approximate = tile.approximate.data() + members[m] * width;
      add_scaled(term.sums.data() + s * width, -tile.factors[s], approximate, width);
      if (term.offset != 0) {
        const double taken = term.offset * static_cast<double>(1U << term.shift);
        add_scaled(term.sums.data() + s * width, taken, approximate, width);
      }
    }
  }
  add_digit_products({packed_.data(), blocks_, (rows_ + 3) / 4}, term.masks.weight_mask, term.shift,
                     {digits.data(), members.size()}, products.data());
}

void PacProducts::classify(Tile& tile, std::span<std::uint8_t> classes) const {
  for (auto& members : tile.members) members.clear();
  for (std::size_t r = 0; r < tile.count; ++r) {
    const std::uint64_t sum = masked_sum(tile.windows.data() + r * stride_, stride_, 0xFF);
    const std::size_t index = rule_.class_of(sum, rows_);
    tile.code_sums[r] = static_cast<double>(sum);
    tile.members[index].push_back(r);
    if (!classes.empty()) classes[r] = static_cast<std::uint8_t>(index);
  }
}

/// Starts every window as if no pair were exact: W X / N.
void PacProducts::start(Tile& tile) const {
  const std::size_t width = padded_outputs();
  tile.exact.assign(tile.count * width, 0);
  tile.approximate.assign(tile.count * width, 0);
  for (std::size_t r = 0; r < tile.count; ++r) {
    segment_factors(tile.windows.data() + r * stride_, 0xFF, tile.factors);
    for (std::size_t s = 0; s < tile.factors.size(); ++s) {
      add_scaled(weight_sums_.data() + s * width, tile.factors[s], tile.approximate.data() + r * width,
                 width);
    }
  }
}

void PacProducts::multiply(std::span<const std::uint8_t> windows, const Dequantizer& dequantizer,
                           std::span<float> results, std::span<std::uint8_t> classes) const {
  const std::size_t width = padded_outputs();
  const std::vector<double> zeros(dequantizer.offset.empty() ? outputs_ : 0, 0);
  const double* offset = dequantizer.offset.empty() ? zeros.data() : dequantizer.offset.data();
  Tile tile(stride_, segments(), terms_.size());
  const std::size_t total = windows.size() / stride_;
  for (std::size_t first = 0; first < total; first += kTileWindows) {
    tile.count = std::min(kTileWindows, total - first);
    tile.windows = windows.subspan(first * stride_, tile.count * stride_);
    classify(tile, classes.empty() ? classes : classes.subspan(first, tile.count));
    start(tile);
    for (std::size_t index = 0; index < terms_.size(); ++index) {
      for (const Term& term : terms_[index]) add_term(term, tile.members[index], tile);
    }
    for (std::size_t r = 0; r < tile.count; ++r) {
      finish_products(tile.exact.data() + r * width, tile.approximate.data() + r * width, dequantizer.scale,
                      offset, dequantizer.code_sum_factor * tile.code_sums[r],
                      results.data() + (first + r) * outputs_, outputs_);
    }
  }
}

}  // namespace sumline
