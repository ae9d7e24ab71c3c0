// SPDX-License-Identifier: Apache-2.0
#include "components/model/readout.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "components/model/staircase.hpp"

namespace sumline::readout_test {
namespace {

constexpr std::int32_t kSum = 300;  ///< beyond a full scale of 128

/// The quantiser that networks are trained with, in its own float32 arithmetic, inside the range it is used in.
void check_against_training(std::uint32_t bits, Resolution resolution) {
  const Readout readout = Readout::staircase(bits, 128, {-128, 128});
  const double level = 128.0 / ((1 << bits) - 1);
  for (std::int32_t sum = -128; sum <= 128; ++sum) {
    const auto x = static_cast<float>(sum);
    float y = 0;
    quantize_sums(&x, &y, 1, resolution, 128);
    CAPTURE(bits, sum);
    REQUIRE(readout(sum) * level == Approx(y).epsilon(1e-6));
  }
}

}  // namespace

TEST_CASE("A saturating converter of every resolution is the identity up to its top code") {
  for (std::uint32_t bits = 1; bits <= 14; ++bits) {
    const std::int32_t top = (1 << bits) - 1;
    for (const std::int32_t max_sum : {0, 1, 48, 384, 20000}) {
      const Readout readout = Readout::saturating(bits, {0, max_sum});
      CHECK(readout.table().size() == static_cast<std::size_t>(max_sum) + 1);
      CHECK(readout.exact_up_to() == std::min(max_sum, top));
      CHECK(readout.never_saturates() == (max_sum <= top));
      for (std::int32_t sum = 0; sum <= max_sum; ++sum) {
        REQUIRE(readout(sum) == std::min(sum, top));
        REQUIRE(readout.saturates(sum) == (sum > top));
      }
    }
  }
}

TEST_CASE("A saturating converter behind signed cells clips to two's complement") {
  for (std::uint32_t bits = 1; bits <= 10; ++bits) {
    const std::int32_t half = 1 << (bits - 1);
    const Readout readout = Readout::saturating(bits, {-kSum, kSum});
    CHECK(readout.exact_up_to() == std::min(kSum, half - 1));
    for (std::int32_t sum = -kSum; sum <= kSum; ++sum) {
      REQUIRE(readout(sum) == std::clamp(sum, -half, half - 1));
      REQUIRE(readout.saturates(sum) == (readout(sum) != sum));
    }
  }
}

TEST_CASE("A staircase is the quantiser that networks are trained with") {
  check_against_training(1, Resolution::binary);
  check_against_training(2, Resolution::two_bit);
  check_against_training(3, Resolution::three_bit);
  check_against_training(4, Resolution::four_bit);
}

TEST_CASE("A sum on a threshold takes the level above, of one bit the level below") {
  CHECK(Readout::staircase(1, 128, {-9, 9})(0) == -1);
  CHECK(Readout::staircase(1, 128, {-9, 9})(1) == 1);
  for (std::uint32_t bits = 2; bits <= 8; ++bits) {
    CHECK(Readout::staircase(bits, 128, {-9, 9})(0) == 1);
    CHECK(Readout::staircase(bits, 128, {-9, 9})(-1) == -1);
  }
  // 2 bits over +-3 * 128: thresholds at -256, 0 and 256.
  const Readout readout = Readout::staircase(2, 384, {-384, 384});
  CHECK(readout(-257) == -3);
  CHECK(readout(-256) == -1);
  CHECK(readout(255) == 1);
  CHECK(readout(256) == 3);
}

TEST_CASE("A staircase holds its outermost level beyond full scale and counts what is half a step beyond") {
  const Readout readout = Readout::staircase(2, 96, {-kSum, kSum});  // step 64: levels -96, -32, 32, 96
  for (std::int32_t sum = -kSum; sum <= kSum; ++sum) {
    REQUIRE(std::abs(readout(sum)) <= 3);
    REQUIRE(readout.saturates(sum) == (sum < -128 || sum >= 128));
  }
  CHECK_FALSE(readout.never_saturates());
  CHECK(readout.exact_up_to() == -1);
  CHECK(readout.lowest() == -kSum);
  CHECK(readout.highest() == kSum);
  std::vector<std::int32_t> sums{-200, -100, 0, 100, 128};
  CHECK(readout.read(sums) == 2);
  CHECK(sums == std::vector<std::int32_t>{-3, -3, 1, 3, 3});
}

}  // namespace sumline::readout_test
