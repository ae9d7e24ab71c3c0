// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace sumline {

/// How one output channel turns its accumulator A into a code: clip(rne((scale * A + offset) / step), 0,
/// 2^bits - 1), with the three doubles taken as exact numbers and ties going to the even code.
struct ChannelQuantizer {
  double scale;
  double offset;
  double step;         ///< above 0
  std::uint32_t bits;  ///< 1..8
};

/// The 2^bits - 1 integer thresholds that say the same without arithmetic, for accumulators within +-largest:
/// code >= j exactly where A >= threshold[j-1] (scale >= 0), or A <= threshold[j-1] (scale < 0).
/// They ascend where scale >= 0, descend where scale < 0, and leave +-largest by at most 1 where a code is
/// never reached. Source: RedPIM's LUT quantisation module; the rule for ties follows from rounding half to
/// even.
std::vector<std::int64_t> thresholds(const ChannelQuantizer& channel, std::int64_t largest);

/// The same for any boundaries: code = how many of them z = scale * A + offset has reached. Values are exact numbers.
/// @param boundaries ascending
std::vector<std::int64_t> thresholds(double scale, double offset, const std::vector<double>& boundaries);

}  // namespace sumline
