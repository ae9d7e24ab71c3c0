// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// Low-resolution quantisers of networks that are trained through their converter: operands in -1..1 and
/// partial sums in -full_scale..full_scale. Source: hpic-lab/BNN_IGA; every forward is bitwise that project's
/// float32.
namespace sumline {

enum class Resolution : std::uint8_t { binary, ternary, two_bit, three_bit, four_bit, full };

/// Bits of a staircase: 1..4. @param resolution neither ternary nor full
std::uint32_t staircase_bits(Resolution resolution);

/// Uniform staircase whose 2^bits levels include both ends; thresholds lie half-way, so 0 is always one. A
/// value on a threshold takes the level above. Values outside the ends continue the staircase: nothing is
/// clipped.
class Staircase {
 public:
  /// @param bits 1..8
  Staircase(double low, double high, std::uint32_t bits);

  double step() const { return step_; }
  /// floor((x + step/2 - low) / step) in float32, exact on the rounded operands.
  float index(float x) const;
  float level(float index) const;

 private:
  double step_;
  float low_;
  float float_step_;
  float half_step_;
};

/// An operand is a sum of +-1 digits: value = sum over digits d of weight[d] * (+-1) / denominator.
struct SignDigits {
  std::vector<std::int32_t> weights;
  std::int32_t denominator;  ///< sum of the weights
};
/// @param resolution not full
const SignDigits& sign_digits(Resolution resolution);

/// y = the quantised operand: binary: x > 0 ? 1 : -1; ternary: 0 inside (-0.2, 0.2); else a staircase over
/// -1..1.
void quantize_operands(const float* x, float* y, std::size_t count, Resolution resolution);

/// digits[i] = bit d set where digit d of the quantised x[i] is +1.
/// @param resolution not full @return false where an x is beyond the outermost level, which no digits can
/// express
bool encode_operands(const float* x, std::uint8_t* digits, std::size_t count, Resolution resolution);

/// The converter on partial sums of any origin. binary: sum > 0 ? full_scale : -full_scale.
/// @param resolution not ternary
void quantize_sums(const float* x, float* y, std::size_t count, Resolution resolution, double full_scale);

/// A function of the integer partial sums of sign digits: value(sum) = values[sum + max_sum].
struct SumTable {
  std::int32_t max_sum;
  std::vector<float> values;
};

/// The converter as a table over sums that stand for sum / denominator. Thresholds are compared in integers,
/// so that ties do not depend on rounding.
/// @param resolution neither ternary nor full @param full_scale in units of one active row
SumTable readout_table(Resolution resolution, std::int32_t full_scale, std::int32_t denominator,
                       std::int32_t max_sum);

}  // namespace sumline
