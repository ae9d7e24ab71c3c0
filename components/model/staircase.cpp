// SPDX-License-Identifier: Apache-2.0
#include "components/model/staircase.hpp"

#include <array>
#include <cmath>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr float kTernaryThreshold = 0.2f;

float sign(float x, float magnitude) {
  return x > 0 ? magnitude : -magnitude;
}

float ternary(float x) {
  return static_cast<float>(x >= kTernaryThreshold) - static_cast<float>(x <= -kTernaryThreshold);
}

Staircase operand_staircase(Resolution resolution) {
  return {-1.0, 1.0, staircase_bits(resolution)};
}

std::int64_t floor_divide(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t quotient = numerator / denominator;
  return quotient - (numerator % denominator < 0 ? 1 : 0);
}

template <typename Out, typename Function>
void transform(const float* x, Out* y, std::size_t count, const Function& function) {
  for (std::size_t i = 0; i < count; ++i) y[i] = function(x[i]);
}

}  // namespace

std::uint32_t staircase_bits(Resolution resolution) {
  switch (resolution) {
    case Resolution::binary:
      return 1;
    case Resolution::two_bit:
      return 2;
    case Resolution::three_bit:
      return 3;
    case Resolution::four_bit:
      return 4;
    case Resolution::ternary:
    case Resolution::full:
      break;
  }
  throw InternalError("no staircase has this resolution");
}

Staircase::Staircase(double low, double high, std::uint32_t bits)
    : step_((high - low) / ((1 << bits) - 1)),
      low_(static_cast<float>(low)),
      float_step_(static_cast<float>(step_)),
      half_step_(static_cast<float>(step_ / 2)) {}

float Staircase::level(float index) const {
  return low_ + float_step_ * index;
}

float Staircase::index(float x) const {
  const float raised = (x + half_step_) - low_;
  const float quotient = std::floor(raised / float_step_);
  // The division rounds; the remainder's sign says whether it crossed an integer.
  const float remainder = std::fma(-quotient, float_step_, raised);
  return quotient - static_cast<float>(remainder < 0) + static_cast<float>(remainder >= float_step_);
}

const SignDigits& sign_digits(Resolution resolution) {
  static const std::array<SignDigits, 5> all{
      {{{1}, 1}, {{1, 1}, 2}, {{1, 2}, 3}, {{1, 2, 4}, 7}, {{1, 2, 4, 8}, 15}}};
  return all.at(static_cast<std::size_t>(resolution));
}

void quantize_operands(const float* x, float* y, std::size_t count, Resolution resolution) {
  switch (resolution) {
    case Resolution::binary:
      return transform(x, y, count, [](float v) { return sign(v, 1); });
    case Resolution::ternary:
      return transform(x, y, count, ternary);
    case Resolution::two_bit:
    case Resolution::three_bit:
    case Resolution::four_bit: {
      const Staircase staircase = operand_staircase(resolution);
      return transform(x, y, count, [&](float v) { return staircase.level(staircase.index(v)); });
    }
    case Resolution::full:
      return transform(x, y, count, [](float v) { return v; });
  }
  throw InternalError("unknown resolution");
}

bool encode_operands(const float* x, std::uint8_t* digits, std::size_t count, Resolution resolution) {
  if (resolution == Resolution::binary) {
    transform(x, digits, count, [](float v) { return static_cast<std::uint8_t>(v > 0); });
    return true;
  }
  if (resolution == Resolution::ternary) {
    constexpr std::array<std::uint8_t, 3> kDigits{0b00, 0b01, 0b11};
    transform(x, digits, count, [&](float v) { return kDigits[static_cast<std::size_t>(ternary(v) + 1)]; });
    return true;
  }
  const Staircase staircase = operand_staircase(resolution);
  const auto top = static_cast<float>(sign_digits(resolution).denominator);
  bool expressible = true;
  transform(x, digits, count, [&](float v) {
    const float index = staircase.index(v);
    expressible = expressible && index >= 0 && index <= top;
    return static_cast<std::uint8_t>(expressible ? index : 0);
  });
  return expressible;
}

void quantize_sums(const float* x, float* y, std::size_t count, Resolution resolution, double full_scale) {
  if (resolution == Resolution::binary) {
    const auto magnitude = static_cast<float>(full_scale);
    return transform(x, y, count, [=](float v) { return sign(v, magnitude); });
  }
  const Staircase staircase(-full_scale, full_scale, staircase_bits(resolution));
  transform(x, y, count, [&](float v) { return staircase.level(staircase.index(v)); });
}

SumTable readout_table(Resolution resolution, std::int32_t full_scale, std::int32_t denominator,
                       std::int32_t max_sum) {
  const Staircase staircase(-full_scale, full_scale, staircase_bits(resolution));
  const std::int64_t steps = (std::int64_t{1} << staircase_bits(resolution)) - 1;
  const std::int64_t end = std::int64_t{full_scale} * denominator;
  SumTable table{max_sum, {}};
  for (std::int32_t sum = -max_sum; sum <= max_sum; ++sum) {
    if (resolution == Resolution::binary) {
      table.values.push_back(sign(static_cast<float>(sum), static_cast<float>(full_scale)));
      continue;
    }
    const std::int64_t index = floor_divide((sum + end) * steps + end, 2 * end);
    table.values.push_back(staircase.level(static_cast<float>(index)));
  }
  return table;
}

}  // namespace sumline
