// SPDX-License-Identifier: Apache-2.0
#include "components/model/readout.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "energy/error.hpp"

namespace sumline {
namespace {

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

Readout Readout::saturating(std::uint32_t bits, SumRange sums) {
  SUMLINE_ASSERT(bits >= 1 && bits <= 14, "a converter has 1 to 14 bits");
  const bool bipolar = sums.lowest < 0;
  const std::int32_t codes = std::int32_t{1} << bits;
  const std::int32_t low = bipolar ? -codes / 2 : 0;
  const std::int32_t high = low + codes - 1;
  std::vector<std::int32_t> table;
  for (std::int32_t sum = sums.lowest; sum <= sums.highest; ++sum) {
    table.push_back(std::clamp(sum, low, high));
  }
  return {std::move(table), sums.lowest, low, high};
}

Readout Readout::staircase(std::uint32_t bits, std::int32_t full_scale, SumRange sums) {
  SUMLINE_ASSERT(bits >= 1 && bits <= 8 && full_scale > 0, "a staircase has 1 to 8 bits and a range");
  const std::int64_t steps = (1 << bits) - 1;
  const std::int64_t range = 2 * std::int64_t{full_scale};
  // index = floor((sum + full_scale) / step + 1/2), step = range / steps; a tie belongs to the index above, but for
  // one bit.
  const auto index = [&](std::int64_t sum) {
    const std::int64_t doubled = 2 * (sum + full_scale) * steps + range;
    return bits == 1 ? floor_divide(doubled - 1, 2 * range) : floor_divide(doubled, 2 * range);
  };
  std::vector<std::int32_t> table;
  std::int32_t low = sums.lowest;
  std::int32_t high = sums.highest;
  for (std::int32_t sum = sums.lowest; sum <= sums.highest; ++sum) {
    if (index(sum) < 0) low = sum + 1;
    if (index(sum) <= steps) high = sum;
    table.push_back(static_cast<std::int32_t>(2 * std::clamp<std::int64_t>(index(sum), 0, steps) - steps));
  }
  return {std::move(table), sums.lowest, low, high};
}

Readout Readout::exact(SumRange sums) {
  std::vector<std::int32_t> table(static_cast<std::size_t>(sums.highest - sums.lowest) + 1);
  std::iota(table.begin(), table.end(), sums.lowest);
  return {std::move(table), sums.lowest, sums.lowest, sums.highest};
}

std::uint64_t Readout::read_each(std::span<std::int32_t> sums) const {
  std::int32_t largest = 0;
  for (const std::int32_t sum : sums) {
    largest = std::max(largest, std::abs(sum));
  }
  if (largest <= exact_up_to_) {
    return 0;
  }
  std::uint64_t saturated = 0;
  for (std::int32_t& sum : sums) {
    saturated += saturates(sum) ? 1 : 0;
    sum = (*this)(sum);
  }
  return saturated;
}

Readout::Readout(std::vector<std::int32_t> table, std::int32_t lowest, std::int32_t low, std::int32_t high)
    : table_(std::move(table)), lowest_(lowest), low_(low), high_(high), exact_up_to_(-1), identity_(false) {
  const auto exact = [&](std::int32_t sum) {
    return sum > highest() || sum < lowest_ || (*this)(sum) == sum;
  };
  const std::int32_t end = std::max(highest(), -lowest_);
  while (exact_up_to_ < end && exact(exact_up_to_ + 1) && exact(-exact_up_to_ - 1)) {
    ++exact_up_to_;
  }
  identity_ = exact_up_to_ == end;
}

Conversion conversion_of(const AdcConfig& adc) {
  return adc.readout == ReadoutKind::staircase ? Conversion{adc.bits, adc.full_scale} : Conversion{};
}

Readout make_readout(const AdcConfig& adc, SumRange sums, std::uint32_t full_product) {
  switch (adc.readout) {
    case ReadoutKind::saturating:
      return Readout::saturating(adc.bits, sums);
    case ReadoutKind::staircase:
      return Readout::staircase(adc.bits, static_cast<std::int32_t>(adc.full_scale * full_product), sums);
    case ReadoutKind::adder_tree:
      return Readout::exact(sums);
  }
  SUMLINE_ASSERT(false, "unknown readout");
}

}  // namespace sumline
