// SPDX-License-Identifier: Apache-2.0
#include "components/model/quantization_table.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

namespace sumline::quantization_table_test {
namespace {

/// The code by long-double arithmetic: exact for the dyadic numbers these tests draw.
std::int64_t code_of(const ChannelQuantizer& channel, std::int64_t sum) {
  const long double z = static_cast<long double>(channel.scale) * sum + channel.offset;
  const long double code = std::nearbyint(z / channel.step);
  const long double top = (1 << channel.bits) - 1;
  return static_cast<std::int64_t>(std::min(std::max(code, 0.0L), top));
}

std::int64_t code_by_table(const ChannelQuantizer& channel, const std::vector<std::int64_t>& table,
                           std::int64_t sum) {
  std::int64_t code = 0;
  for (const std::int64_t threshold : table) {
    code += channel.scale < 0 ? sum <= threshold : sum >= threshold;
  }
  return code;
}

void check_every_sum(const ChannelQuantizer& channel, std::int64_t largest) {
  const auto table = thresholds(channel, largest);
  REQUIRE(table.size() == (std::size_t{1} << channel.bits) - 1);
  INFO("scale " << channel.scale << " offset " << channel.offset << " step " << channel.step);
  for (std::int64_t sum = -largest; sum <= largest; ++sum) {
    if (code_by_table(channel, table, sum) != code_of(channel, sum)) {
      FAIL("sum " << sum << ": " << code_by_table(channel, table, sum) << " by table, "
                  << code_of(channel, sum) << " by arithmetic");
    }
  }
}

}  // namespace

TEST_CASE("thresholds give the code of every accumulator, ties included") {
  std::mt19937 random(7);
  // Small dyadic numbers: many sums land exactly between two codes.
  std::uniform_int_distribution<int> eighths(-24, 24);
  for (int round = 0; round < 400; ++round) {
    const ChannelQuantizer channel{eighths(random) / 8.0, eighths(random) / 8.0, (1 << (round % 3)) / 4.0,
                                   1 + static_cast<std::uint32_t>(round) % 8};
    check_every_sum(channel, 200);
  }
}

TEST_CASE("thresholds agree with arithmetic for the scales of trained layers") {
  std::mt19937 random(8);
  std::normal_distribution<double> normal;
  for (int round = 0; round < 60; ++round) {
    check_every_sum({normal(random) * 1e-3, normal(random), 0.0333, 5}, 20000);
  }
}

TEST_CASE("a tie goes to the even code on both sides") {
  const auto rising = thresholds({0.5, 0, 1, 2}, 100);  // z = A / 2: ties at odd A
  CHECK(rising == std::vector<std::int64_t>{2, 3, 6});
  const auto falling = thresholds({-0.5, 0, 1, 2}, 100);
  CHECK(falling == std::vector<std::int64_t>{-2, -3, -6});
}

TEST_CASE("a scale of zero gives one code for every accumulator") {
  const auto table = thresholds({0.0, 1.2, 1, 2}, 50);
  CHECK(table == std::vector<std::int64_t>{-50, 51, 51});
}

TEST_CASE("thresholds beyond the accumulator stay within one of its range") {
  CHECK(thresholds({1e-300, 0, 1, 1}, 9) == std::vector<std::int64_t>{10});
  CHECK(thresholds({1e-300, 5, 1, 1}, 9) == std::vector<std::int64_t>{-9});
  CHECK(thresholds({-1e-300, 5, 1, 1}, 9) == std::vector<std::int64_t>{9});
  CHECK(thresholds({-1e-300, 0, 1, 1}, 9) == std::vector<std::int64_t>{-10});
}

TEST_CASE("thresholds of any boundaries say where an affine map reaches them") {
  const std::vector<double> boundaries{-1.5, 0, std::numeric_limits<double>::min(), 2};
  for (const double scale : {0.5, -0.5, 0.3, -7.0}) {
    const auto table = thresholds(scale, 0.25, boundaries);
    for (std::int64_t sum = -40; sum <= 40; ++sum) {
      for (std::size_t j = 0; j < boundaries.size(); ++j) {
        const bool reached = scale * static_cast<double>(sum) + 0.25 >= boundaries[j];
        CHECK((scale > 0 ? sum >= table[j] : sum <= table[j]) == reached);
      }
    }
  }
  CHECK(thresholds(1, 0, {std::numeric_limits<double>::min()}) == std::vector<std::int64_t>{1});
  CHECK(thresholds(-1, 0, {0.0}) == std::vector<std::int64_t>{0});
}

}  // namespace sumline::quantization_table_test
