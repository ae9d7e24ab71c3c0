// SPDX-License-Identifier: Apache-2.0
#include "components/model/quantization_table.hpp"

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

#include "energy/error.hpp"

namespace sumline {
namespace {

// Rational arithmetic: a double quotient can land on the wrong side of an integer, and a tie is a single
// accumulator.
using Exact = boost::multiprecision::cpp_rational;
using Integer = boost::multiprecision::cpp_int;

Integer floor(const Exact& value) {
  const Integer numerator = boost::multiprecision::numerator(value);
  const Integer denominator = boost::multiprecision::denominator(value);
  const Integer quotient = numerator / denominator;
  return numerator < 0 && quotient * denominator != numerator ? quotient - 1 : quotient;
}

Integer ceil(const Exact& value) {
  return -floor(-value);
}

std::int64_t clamp(const Integer& value, std::int64_t low, std::int64_t high) {
  return std::clamp<Integer>(value, low, high).convert_to<std::int64_t>();
}

}  // namespace

std::vector<std::int64_t> thresholds(double scale, double offset, const std::vector<double>& boundaries) {
  constexpr std::int64_t kNever = std::int64_t{1} << 40;  // beyond every accumulator
  std::vector<std::int64_t> table;
  for (const double boundary : boundaries) {
    const Exact distance = Exact(boundary) - Exact(offset);
    if (scale == 0) {
      table.push_back(distance <= 0 ? -kNever : kNever);
    } else {
      const Exact root = distance / Exact(scale);
      table.push_back(clamp(scale > 0 ? ceil(root) : floor(root), -kNever, kNever));
    }
  }
  return table;
}

std::vector<std::int64_t> thresholds(const ChannelQuantizer& channel, std::int64_t largest) {
  SUMLINE_ASSERT(channel.step > 0 && channel.bits >= 1 && channel.bits <= 8, "step or bits out of range");
  const Exact scale(channel.scale);
  const Exact offset(channel.offset);
  const Exact step(channel.step);
  std::vector<std::int64_t> table;
  for (std::uint32_t j = 1; j < std::uint32_t{1} << channel.bits; ++j) {
    const Exact boundary =
        (j - Exact(1, 2)) * step - offset;  // of scale * A; reached at equality if j is even
    const bool tie_reaches = j % 2 == 0;
    if (channel.scale == 0) {
      const bool reached = tie_reaches ? boundary <= 0 : boundary < 0;
      table.push_back(reached ? -largest : largest + 1);
    } else if (channel.scale > 0) {
      const Exact root = boundary / scale;
      table.push_back(clamp(tie_reaches ? ceil(root) : floor(root) + 1, -largest, largest + 1));
    } else {
      const Exact root = boundary / scale;
      table.push_back(clamp(tie_reaches ? floor(root) : ceil(root) - 1, -largest - 1, largest));
    }
  }
  return table;
}

}  // namespace sumline
