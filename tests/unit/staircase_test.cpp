// SPDX-License-Identifier: Apache-2.0
#include "components/model/staircase.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

namespace sumline::staircase_test {
namespace {

constexpr Resolution kStaircases[] = {Resolution::two_bit, Resolution::three_bit, Resolution::four_bit};

/// Floor division by way of the exact remainder, as Python and NumPy define it for floats.
float remainder_floor_divide(float a, float b) {
  const float remainder = std::fmod(a, b);
  float quotient = (a - remainder) / b;
  if (remainder != 0 && (remainder < 0) != (b < 0)) quotient -= 1;
  float floored = std::floor(quotient);
  if (quotient - floored > 0.5f) floored += 1;
  return floored;
}

/// Values on, next to and far from every threshold.
std::vector<float> adversarial_values(double low, double high, std::uint32_t bits) {
  std::vector<float> values;
  const double step = (high - low) / ((1 << bits) - 1);
  for (int j = -20; j <= 20; ++j) {
    auto x = static_cast<float>(j * step / 2);
    for (int ulps = 0; ulps < 4; ++ulps, x = std::nextafter(x, 1e9f)) values.push_back(x);
    x = static_cast<float>(j * step / 2);
    for (int ulps = 0; ulps < 4; ++ulps, x = std::nextafter(x, -1e9f)) values.push_back(x);
  }
  std::mt19937 random(7);
  std::uniform_real_distribution<float> wide(static_cast<float>(3 * low), static_cast<float>(3 * high));
  for (int i = 0; i < 20000; ++i) values.push_back(wide(random));
  return values;
}

void check_against_remainder(double low, double high, std::uint32_t bits) {
  const Staircase staircase(low, high, bits);
  const auto d = static_cast<float>((high - low) / ((1 << bits) - 1));
  const auto h = static_cast<float>((high - low) / ((1 << bits) - 1) / 2);
  for (const float x : adversarial_values(low, high, bits)) {
    INFO(low << ' ' << bits << ' ' << x);
    const float raised = x + h;
    REQUIRE(staircase.index(x) == remainder_floor_divide(raised - static_cast<float>(low), d));
  }
}

}  // namespace

TEST_CASE("The staircase's index is floor division by the exact remainder") {
  for (const std::uint32_t bits : {1U, 2U, 3U, 4U, 6U, 8U}) {
    check_against_remainder(-1, 1, bits);
    check_against_remainder(-128, 128, bits);
  }
}

TEST_CASE("A partial sum on a threshold takes the level above, in a sense amplifier the level below") {
  const float sums[] = {0.0f, -0.0f, 256.0f / 3, -256.0f / 3, 150.0f};
  float two_bit[5];
  float binary[5];
  quantize_sums(sums, two_bit, 5, Resolution::two_bit, 128);
  quantize_sums(sums, binary, 5, Resolution::binary, 128);
  CHECK(two_bit[0] == Approx(42.6667));
  CHECK(two_bit[1] == Approx(42.6667));
  CHECK(binary[0] == -128);
  CHECK(binary[1] == -128);
  CHECK(binary[4] == 128);
  float three_bit;
  quantize_sums(&sums[4], &three_bit, 1, Resolution::three_bit, 128);
  CHECK(three_bit == Approx(164.5714));
}

TEST_CASE("On the integer sums of binary operands the table is the staircase in float32") {
  for (const Resolution resolution :
       {Resolution::binary, Resolution::two_bit, Resolution::three_bit, Resolution::four_bit}) {
    const SumTable table = readout_table(resolution, 128, 1, 200);
    for (std::int32_t sum = -200; sum <= 200; ++sum) {
      const auto x = static_cast<float>(sum);
      float y;
      quantize_sums(&x, &y, 1, resolution, 128);
      CHECK(table.values[static_cast<std::size_t>(sum + 200)] == y);
    }
  }
}

TEST_CASE("Ties of fractional sums are decided in integers") {
  // 1/3 * 1/3 operands: sums in ninths; thresholds of 2 bits at multiples of 256/3 = 768/9.
  const SumTable table = readout_table(Resolution::two_bit, 128, 9, 1200);
  const auto at = [&](std::int32_t sum) { return table.values[static_cast<std::size_t>(sum + 1200)]; };
  CHECK(at(0) == Approx(42.6667));
  CHECK(at(-1) == Approx(-42.6667));
  CHECK(at(768) == Approx(128));
  CHECK(at(767) == Approx(42.6667));
  CHECK(at(-768) == Approx(-42.6667));
  CHECK(at(-769) == Approx(-128));
}

TEST_CASE("Digits stand for the quantised operand") {
  for (const Resolution resolution : {Resolution::binary, Resolution::ternary, Resolution::two_bit,
                                      Resolution::three_bit, Resolution::four_bit}) {
    const SignDigits& digits = sign_digits(resolution);
    for (int i = -1000; i <= 1000; ++i) {
      const float x = static_cast<float>(i) / 1000;
      std::uint8_t code;
      float value;
      REQUIRE(encode_operands(&x, &code, 1, resolution));
      quantize_operands(&x, &value, 1, resolution);
      std::int32_t sum = 0;
      for (std::size_t d = 0; d < digits.weights.size(); ++d)
        sum += digits.weights[d] * ((code >> d & 1) != 0 ? 1 : -1);
      REQUIRE(static_cast<float>(sum) / static_cast<float>(digits.denominator) == Approx(value).margin(1e-6));
    }
  }
}

TEST_CASE("Operands beyond the outermost level have no digits") {
  for (const Resolution resolution : kStaircases) {
    const float beyond = 1.5f;
    std::uint8_t code;
    CHECK_FALSE(encode_operands(&beyond, &code, 1, resolution));
  }
}

}  // namespace sumline::staircase_test
