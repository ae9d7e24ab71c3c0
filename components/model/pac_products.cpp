// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_products.hpp"

#include <algorithm>

#include "components/model/pac_kernels.hpp"

namespace sumline {
namespace {

constexpr std::size_t kTileWindows = 48;

}  // namespace

/// What a thread forms the products of up to kTileWindows windows with.
struct PacProducts::Tile {
  std::vector<std::int32_t> exact;  ///< [windows, width]
  std::vector<std::int8_t> digits;
  std::vector<std::vector<std::size_t>> members;  ///< [class] windows
};

PacProducts::PacProducts(std::span<const std::uint8_t> weight_codes, std::size_t outputs, std::size_t rows,
                         PacRule rule)
    : rule_(std::move(rule)),
      pairs_(weight_codes, outputs, rows, rule_.classes),
      correction_(weight_codes, outputs, rows, pairs_.padded_outputs(), rule_) {}

PacCorrection::CodeSums PacProducts::code_sums(const std::uint8_t* window, std::uint64_t sum,
                                               std::size_t segment, std::size_t pac_class) const {
  const auto terms = correction_.terms(pac_class);
  PacCorrection::CodeSums sums{};
  if (correction_.segments() == 1) {
    sums[0] = static_cast<double>(sum);
    for (std::size_t t = 0; t < terms.size(); ++t) {
      sums[t + 1] = static_cast<double>(masked_sum(window, window_stride(), terms[t].activation_mask));
    }
    return sums;
  }
  const RowRange rows = correction_.segment(segment);
  for (std::size_t k = rows.begin; k < rows.end; ++k) {
    sums[0] += window[k];
    for (std::size_t t = 0; t < terms.size(); ++t) sums[t + 1] += window[k] & terms[t].activation_mask;
  }
  return sums;
}

template <class Visit>
void PacProducts::for_each_window(std::span<const std::uint8_t> windows,
                                  std::span<const std::uint8_t> classes, Visit visit) const {
  const std::size_t stride = window_stride();
  const std::size_t width = pairs_.padded_outputs();
  thread_local Tile tile;
  tile.members.resize(rule_.classes.size());
  std::array<const std::uint8_t*, kTileWindows> members;
  std::array<std::int32_t*, kTileWindows> products;
  for (std::size_t first = 0; first < classes.size(); first += kTileWindows) {
    const std::size_t count = std::min(kTileWindows, classes.size() - first);
    for (auto& chosen : tile.members) chosen.clear();
    for (std::size_t r = 0; r < count; ++r) tile.members[classes[first + r]].push_back(r);
    tile.exact.assign(count * width, 0);
    for (std::size_t index = 0; index < tile.members.size(); ++index) {
      const auto& chosen = tile.members[index];
      for (std::size_t m = 0; m < chosen.size(); ++m) {
        members[m] = windows.data() + (first + chosen[m]) * stride;
        products[m] = tile.exact.data() + chosen[m] * width;
      }
      pairs_.add({members.data(), chosen.size()}, index, tile.digits, {products.data(), chosen.size()});
    }
    for (std::size_t r = 0; r < count; ++r) visit(first + r, tile.exact.data() + r * width);
  }
}

void PacProducts::multiply(std::span<const std::uint8_t> windows, const Dequantizer& dequantizer,
                           std::span<float> results, std::span<std::uint8_t> classes) const {
  const std::size_t stride = window_stride();
  const std::vector<double> zeros(dequantizer.offset.empty() ? outputs() : 0, 0);
  const double* offset = dequantizer.offset.empty() ? zeros.data() : dequantizer.offset.data();
  std::vector<double> storage(pairs_.padded_outputs());
  std::vector<double> approximate(storage.size());
  std::vector<std::uint64_t> sums(windows.size() / stride);
  std::vector<std::uint8_t> own_classes(classes.empty() ? sums.size() : 0);
  if (classes.empty()) classes = own_classes;
  for (std::size_t r = 0; r < sums.size(); ++r) {
    sums[r] = masked_sum(windows.data() + r * stride, stride, 0xFF);
    classes[r] = static_cast<std::uint8_t>(rule_.class_of(sums[r], rows()));
  }
  for_each_window(windows, classes, [&](std::size_t r, const std::int32_t* exact) {
    std::fill(approximate.begin(), approximate.end(), 0.0);
    for (std::size_t s = 0; s < segments(); ++s) {
      correction_.add(s, classes[r], code_sums(windows.data() + r * stride, sums[r], s, classes[r]), storage,
                      approximate.data());
    }
    finish_products(exact, approximate.data(), dequantizer.scale, offset,
                    dequantizer.code_sum_factor * static_cast<double>(sums[r]),
                    results.data() + r * outputs(), outputs());
  });
}

void PacProducts::multiply(std::span<const std::uint8_t> windows, std::span<const BitCounts> counts,
                           std::span<std::int32_t> products, std::span<std::uint8_t> classes) const {
  for (std::size_t r = 0; r < classes.size(); ++r) {
    std::uint64_t sum = 0;
    for (const BitCounts& part : counts.subspan(r * segments(), segments())) sum += masked_sum(part, 0xFF);
    classes[r] = static_cast<std::uint8_t>(rule_.class_of(sum, rows()));
  }
  for_each_window(windows, classes, [&](std::size_t r, std::int32_t* exact) {
    for (std::size_t s = 0; s < segments(); ++s) {
      correction_.add_rounded(s, classes[r], correction_.code_sums(counts[r * segments() + s], classes[r]),
                              exact);
    }
    std::copy_n(exact, outputs(), products.data() + r * outputs());
  });
}

}  // namespace sumline
