// SPDX-License-Identifier: Apache-2.0
#include "components/model/bit_planes.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "components/model/wordline_groups.hpp"

namespace sumline::bit_planes_test {
namespace {

std::vector<std::uint8_t> random_codes(std::size_t rows, std::uint32_t bits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> codes(rows);
  for (std::uint8_t& code : codes) {
    code = static_cast<std::uint8_t>(random() % 3 == 0 ? 0 : random() % (1U << bits));
  }
  return codes;
}

bool bit_at(std::span<const std::uint64_t> words, std::uint32_t row) {
  return (words[row / 64] >> (row % 64) & 1) != 0;
}

std::uint32_t digit_of(std::uint32_t code, std::uint32_t digit, std::uint32_t digit_bits) {
  return code >> (digit * digit_bits) & ((1U << digit_bits) - 1);
}

}  // namespace

TEST_CASE("Bit-planes hold every bit of every code and nothing past the last wordline") {
  BitPlanes planes;
  for (const std::uint32_t rows : {1U, 7U, 8U, 63U, 64U, 65U, 128U, 200U}) {
    for (std::uint32_t bits = 1; bits <= 8; ++bits) {
      const auto codes = random_codes(rows, bits, rows * 10 + bits);
      planes.assign(codes, bits);
      REQUIRE(planes.rows() == rows);
      REQUIRE(planes.planes() == bits);
      for (std::uint32_t plane = 0; plane < bits; ++plane) {
        const auto words = planes.plane(plane);
        for (std::uint32_t row = 0; row < words.size() * 64; ++row) {
          REQUIRE(bit_at(words, row) == (row < rows && (codes[row] >> plane & 1) != 0));
        }
      }
    }
  }
}

TEST_CASE("Ones are counted between any two wordlines") {
  BitPlanes planes;
  planes.assign(random_codes(200, 1, 1), 1);
  for (std::uint32_t begin = 0; begin <= 200; ++begin) {
    std::uint32_t ones = 0;
    for (std::uint32_t end = begin; end <= 200; ++end) {
      REQUIRE(count_ones(planes.plane(0), {begin, end}) == ones);
      ones += end < 200 && bit_at(planes.plane(0), end) ? 1 : 0;
    }
  }
}

TEST_CASE("Active digits of every code and DAC are counted") {
  for (std::uint32_t digit_bits = 1; digit_bits <= 8; ++digit_bits) {
    for (std::uint32_t code = 0; code < 256; ++code) {
      std::uint64_t active = 0;
      for (std::uint32_t digit = 0; digit * digit_bits < 8; ++digit) {
        active += digit_of(code, digit, digit_bits) != 0 ? 1 : 0;
      }
      for (const std::size_t copies : {1U, 8U, 13U}) {
        const std::vector<std::uint8_t> codes(copies, static_cast<std::uint8_t>(code));
        REQUIRE(count_active_digits(codes, digit_bits) == active * copies);
      }
    }
  }
}

TEST_CASE("Active wordlines and digit sums follow from the codes") {
  BitPlanes planes;
  for (std::uint32_t digit_bits = 1; digit_bits <= 4; ++digit_bits) {
    const auto codes = random_codes(150, 7, digit_bits);
    planes.assign(codes, 7);
    const ActivationSlicing slicing({Encoding::unsigned_binary, 7}, digit_bits);
    for (std::uint32_t digit = 0; digit < slicing.digits; ++digit) {
      WordlineMask storage;
      const auto active = active_wordlines(planes, slicing, digit, storage);
      std::uint32_t sum = 0;
      for (std::uint32_t row = 0; row < 150; ++row) {
        REQUIRE(bit_at(active, row) == (digit_of(codes[row], digit, digit_bits) != 0));
        sum += row >= 11 && row < 97 ? digit_of(codes[row], digit, digit_bits) : 0;
      }
      CHECK(sum_digits(planes, slicing, digit, {11, 97}) == sum);
    }
  }
}

TEST_CASE("Static groups are cut every `height` wordlines, empty ones left out on demand") {
  const std::vector<std::uint64_t> active{0xF00F};  // wordlines 0-3 and 12-15 of 18
  std::vector<RowRange> groups;
  wordline_groups(Skipping::none, 4, active, 18, groups);
  CHECK(groups == std::vector<RowRange>{{0, 4}, {4, 8}, {8, 12}, {12, 16}, {16, 18}});
  wordline_groups(Skipping::zero_groups, 4, active, 18, groups);
  CHECK(groups == std::vector<RowRange>{{0, 4}, {12, 16}});
}

TEST_CASE("Compaction fills every group but the last with active wordlines") {
  const std::vector<std::uint64_t> active{0xF00F, 0b101};  // wordlines 0-3, 12-15, 64 and 66
  std::vector<RowRange> groups;
  wordline_groups(Skipping::compaction, 6, active, 70, groups);
  CHECK(groups == std::vector<RowRange>{{0, 14}, {14, 67}});
  wordline_groups(Skipping::compaction, 5, active, 70, groups);
  CHECK(groups == std::vector<RowRange>{{0, 13}, {13, 67}});
  wordline_groups(Skipping::compaction, 5, std::vector<std::uint64_t>{0, 0}, 70, groups);
  CHECK(groups.empty());
}

}  // namespace sumline::bit_planes_test
