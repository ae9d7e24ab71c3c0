// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_correction.hpp"

#include <algorithm>

#include "components/model/pac_kernels.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

std::vector<RowRange> cut_segments(std::size_t rows, std::uint32_t segment_rows) {
  const auto all = static_cast<std::uint32_t>(rows);
  const std::uint32_t step = segment_rows == 0 ? all : segment_rows;
  std::vector<RowRange> segments;
  for (std::uint32_t begin = 0; begin < all; begin += step) {
    segments.push_back({begin, std::min(begin + step, all)});
  }
  return segments;
}

/// Of the masked weights. @return [segments, width]
std::vector<double> sum_weights(std::span<const std::uint8_t> codes, std::size_t outputs, std::size_t rows,
                                std::size_t width, const std::vector<RowRange>& segments, std::uint8_t mask) {
  std::vector<double> sums(segments.size() * width, 0);
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t s = 0; s < segments.size(); ++s) {
      std::uint64_t sum = 0;
      for (std::size_t k = segments[s].begin; k < segments[s].end; ++k) sum += codes[o * rows + k] & mask;
      sums[s * width + o] = static_cast<double>(sum);
    }
  }
  return sums;
}

}  // namespace

PacCorrection::PacCorrection(std::span<const std::uint8_t> weight_codes, std::size_t outputs,
                             std::size_t rows, std::size_t width, const PacRule& rule)
    : width_(width),
      segments_(cut_segments(rows, rule.segment_rows)),
      weight_sums_(sum_weights(weight_codes, outputs, rows, width, segments_, 0xFF)) {
  for (const ExactPairs& pairs : rule.classes) {
    terms_.push_back(pairs.terms());
    auto& sums = masked_sums_.emplace_back();
    for (const PairTerm& term : terms_.back()) {
      sums.push_back(sum_weights(weight_codes, outputs, rows, width, segments_, term.weight_mask));
    }
  }
}

PacCorrection::CodeSums PacCorrection::code_sums(const BitCounts& counts, std::size_t pac_class) const {
  CodeSums sums{static_cast<double>(masked_sum(counts, 0xFF))};
  double* next = sums.data();
  for (const PairTerm& term : terms_[pac_class]) {
    *++next = static_cast<double>(masked_sum(counts, term.activation_mask));
  }
  return sums;
}

PacCorrection::Numerators PacCorrection::numerators(std::size_t segment, std::size_t pac_class,
                                                    const CodeSums& sums) const {
  Numerators numerators{{weight_sums_.data() + segment * width_}, {sums[0]}, 1};
  for (const std::vector<double>& masked : masked_sums_[pac_class]) {
    const std::size_t term = numerators.terms++;
    numerators.weights[term] = masked.data() + segment * width_;
    numerators.factors[term] = -sums[term];
  }
  return numerators;
}

void PacCorrection::add(std::size_t segment, std::size_t pac_class, const CodeSums& sums,
                        std::span<double> storage, double* corrections) const {
  const auto [weights, factors, terms] = numerators(segment, pac_class, sums);
  sum_scaled(weights.data(), factors.data(), terms, storage.data(), width_);
  add_scaled(storage.data(), 1.0 / segments_[segment].size(), corrections, width_);
}

void PacCorrection::add_rounded(std::size_t segment, std::size_t pac_class, const CodeSums& sums,
                                std::int32_t* products) const {
  const auto [weights, factors, terms] = numerators(segment, pac_class, sums);
  add_quotients(weights.data(), factors.data(), terms, segments_[segment].size(), products, width_);
}

void PacCorrection::correct(std::span<const BitCounts> counts, std::size_t pac_class,
                            std::span<std::int32_t> sums) const {
  SUMLINE_ASSERT(counts.size() == segments(), "one set of counts per segment");
  std::vector<std::int32_t> corrections(width_, 0);
  for (std::size_t s = 0; s < segments(); ++s) {
    add_rounded(s, pac_class, code_sums(counts[s], pac_class), corrections.data());
  }
  for (std::size_t o = 0; o < sums.size(); ++o) sums[o] += corrections[o];
}

}  // namespace sumline
