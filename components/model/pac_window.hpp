// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "components/model/pac_correction.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// What the approximation knows of a window: counts, and the class that its speculation chose.
struct PacWindow {
  std::uint8_t pac_class = 0;
  std::vector<BitCounts> counts;  ///< [segments]
};

/// Of all outputs and segments of one window (PacRule::scalar_products).
std::uint64_t scalar_products(const Layer& layer, const PacRule& rule, std::size_t segments,
                              std::size_t pac_class);

/// One layer's approximation: reads windows, corrects sums.
class PacModel {
 public:
  PacModel(const Layer& layer, const PacRule& rule);

  /// @param codes [layer.rows()] of one window
  PacWindow read(std::span<const std::uint8_t> codes) const;
  /// @param sums [layer.out.channels], added to
  void correct(const PacWindow& window, std::span<std::int32_t> sums) const {
    correction_.correct(window.counts, window.pac_class, sums);
  }
  std::uint64_t scalar_products(std::size_t pac_class) const {
    return sumline::scalar_products(layer_, rule_, correction_.segments(), pac_class);
  }

 private:
  const Layer& layer_;
  const PacRule& rule_;
  PacCorrection correction_;
};

}  // namespace sumline
