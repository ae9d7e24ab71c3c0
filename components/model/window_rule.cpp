// SPDX-License-Identifier: Apache-2.0
#include "components/model/window_rule.hpp"

#include <algorithm>

namespace sumline {
namespace {

std::uint64_t code_sum(const BitPlanes& codes) {
  std::uint64_t sum = 0;
  for (std::uint32_t q = 0; q < codes.planes(); ++q) {
    sum += std::uint64_t{count_ones(codes.plane(q), {0, codes.rows()})} << q;
  }
  return sum;
}

double segment_product(const BitPlanes& x, const BitPlanes& w, const ExactPairs& exact, RowRange segment) {
  double product = 0;
  for (std::uint32_t p = 0; p < w.planes(); ++p) {
    const double weight_ones = count_ones(w.plane(p), segment);
    for (std::uint32_t q = 0; q < x.planes(); ++q) {
      const double both = exact.contains(p, q)
                              ? count_pairs(w, p, x, q, segment)
                              : weight_ones * count_ones(x.plane(q), segment) / segment.size();
      product += both * static_cast<double>(1U << (p + q));
    }
  }
  return product;
}

}  // namespace

std::uint32_t count_pairs(const BitPlanes& a, std::uint32_t p, const BitPlanes& b, std::uint32_t q,
                          RowRange range) {
  thread_local std::vector<std::uint64_t> both;
  both.assign(a.plane(p).begin(), a.plane(p).end());
  for (std::size_t w = 0; w < both.size(); ++w) both[w] &= b.plane(q)[w];
  return count_ones(both, range);
}

WindowRule pair_by_pair(PacRule rule) {
  return [rule = std::move(rule)](const BitPlanes& window, std::span<const BitPlanes> filters,
                                  std::span<double> products) {
    const ExactPairs& exact = rule.classes[rule.class_of(code_sum(window), window.rows())];
    const std::uint32_t step = rule.segment_rows == 0 ? window.rows() : rule.segment_rows;
    for (std::size_t o = 0; o < filters.size(); ++o) {
      products[o] = 0;
      for (std::uint32_t begin = 0; begin < window.rows(); begin += step) {
        const RowRange segment{begin, std::min(begin + step, window.rows())};
        products[o] += segment_product(window, filters[o], exact, segment);
      }
    }
  };
}

}  // namespace sumline
