// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_products.hpp"

#include <algorithm>

#include "components/model/pac_kernels.hpp"

namespace sumline {
namespace {

constexpr std::size_t kTileWindows = 48;

}  // namespace

/// Up to kTileWindows windows on their way to results.
struct PacProducts::Tile {
  Tile(std::size_t stride_, std::size_t width, std::size_t classes)
      : stride(stride_), exact(kTileWindows * width), storage(width), members(classes) {}

  const std::uint8_t* window(std::size_t index) const { return windows.data() + index * stride; }

  std::size_t stride;
  std::span<const std::uint8_t> windows;
  std::size_t count = 0;
  std::vector<std::int32_t> exact;  ///< [count, width]
  std::vector<double> storage;
  std::vector<std::int8_t> digits;
  std::array<std::uint64_t, kTileWindows> sums{};
  std::array<std::size_t, kTileWindows> pac_class{};
  std::vector<std::vector<std::size_t>> members;  ///< [class] windows
};

PacProducts::PacProducts(std::span<const std::uint8_t> weight_codes, std::size_t outputs, std::size_t rows,
                         PacRule rule)
    : rule_(std::move(rule)),
      pairs_(weight_codes, outputs, rows, rule_.classes),
      correction_(weight_codes, outputs, rows, pairs_.padded_outputs(), rule_) {}

void PacProducts::classify(Tile& tile, std::span<std::uint8_t> classes) const {
  for (auto& members : tile.members) members.clear();
  for (std::size_t r = 0; r < tile.count; ++r) {
    tile.sums[r] = masked_sum(tile.window(r), tile.stride, 0xFF);
    tile.pac_class[r] = rule_.class_of(tile.sums[r], rows());
    tile.members[tile.pac_class[r]].push_back(r);
    if (!classes.empty()) classes[r] = static_cast<std::uint8_t>(tile.pac_class[r]);
  }
}

PacCorrection::CodeSums PacProducts::code_sums(const Tile& tile, std::size_t window,
                                               std::size_t segment) const {
  const auto terms = correction_.terms(tile.pac_class[window]);
  const std::uint8_t* codes = tile.window(window);
  PacCorrection::CodeSums sums{};
  if (correction_.segments() == 1) {
    sums[0] = static_cast<double>(tile.sums[window]);
    for (std::size_t t = 0; t < terms.size(); ++t) {
      sums[t + 1] = static_cast<double>(masked_sum(codes, tile.stride, terms[t].activation_mask));
    }
    return sums;
  }
  const RowRange rows = correction_.segment(segment);
  for (std::size_t k = rows.begin; k < rows.end; ++k) {
    sums[0] += codes[k];
    for (std::size_t t = 0; t < terms.size(); ++t) sums[t + 1] += codes[k] & terms[t].activation_mask;
  }
  return sums;
}

template <class Visit>
void PacProducts::for_each_tile(std::span<const std::uint8_t> windows, std::span<std::uint8_t> classes,
                                Visit visit) const {
  const std::size_t stride = window_stride();
  const std::size_t width = pairs_.padded_outputs();
  Tile tile(stride, width, rule_.classes.size());
  std::array<const std::uint8_t*, kTileWindows> members;
  std::array<std::int32_t*, kTileWindows> products;
  const std::size_t total = windows.size() / stride;
  for (std::size_t first = 0; first < total; first += kTileWindows) {
    tile.count = std::min(kTileWindows, total - first);
    tile.windows = windows.subspan(first * stride, tile.count * stride);
    classify(tile, classes.empty() ? classes : classes.subspan(first, tile.count));
    std::fill_n(tile.exact.begin(), tile.count * width, 0);
    for (std::size_t index = 0; index < tile.members.size(); ++index) {
      const auto& chosen = tile.members[index];
      for (std::size_t m = 0; m < chosen.size(); ++m) {
        members[m] = tile.window(chosen[m]);
        products[m] = tile.exact.data() + chosen[m] * width;
      }
      pairs_.add({members.data(), chosen.size()}, index, tile.digits, {products.data(), chosen.size()});
    }
    visit(tile, first);
  }
}

void PacProducts::multiply(std::span<const std::uint8_t> windows, const Dequantizer& dequantizer,
                           std::span<float> results, std::span<std::uint8_t> classes) const {
  const std::size_t width = pairs_.padded_outputs();
  const std::vector<double> zeros(dequantizer.offset.empty() ? outputs() : 0, 0);
  const double* offset = dequantizer.offset.empty() ? zeros.data() : dequantizer.offset.data();
  std::vector<double> approximate(width);
  for_each_tile(windows, classes, [&](Tile& tile, std::size_t first) {
    for (std::size_t r = 0; r < tile.count; ++r) {
      std::fill(approximate.begin(), approximate.end(), 0.0);
      for (std::size_t s = 0; s < correction_.segments(); ++s) {
        correction_.add(s, tile.pac_class[r], code_sums(tile, r, s), tile.storage, approximate.data());
      }
      finish_products(tile.exact.data() + r * width, approximate.data(), dequantizer.scale, offset,
                      dequantizer.code_sum_factor * static_cast<double>(tile.sums[r]),
                      results.data() + (first + r) * outputs(), outputs());
    }
  });
}

void PacProducts::multiply(std::span<const std::uint8_t> windows, std::span<std::int32_t> products,
                           std::span<std::uint8_t> classes) const {
  const std::size_t width = pairs_.padded_outputs();
  for_each_tile(windows, classes, [&](Tile& tile, std::size_t first) {
    for (std::size_t r = 0; r < tile.count; ++r) {
      std::int32_t* sums = tile.exact.data() + r * width;
      for (std::size_t s = 0; s < correction_.segments(); ++s) {
        correction_.add_rounded(s, tile.pac_class[r], code_sums(tile, r, s), tile.storage, sums);
      }
      std::copy_n(sums, outputs(), products.data() + (first + r) * outputs());
    }
  });
}

}  // namespace sumline
