// SPDX-License-Identifier: Apache-2.0
#include "components/model/slicing.hpp"

#include <catch2/catch.hpp>

namespace sumline::slicing_test {

TEST_CASE("Slices and constant give back the value of every code") {
  for (const WeightMapping mapping : {WeightMapping::offset, WeightMapping::differential}) {
    for (const Encoding encoding : {Encoding::unsigned_binary, Encoding::mid_rise}) {
      for (std::uint32_t bits = 1; bits <= 8; ++bits) {
        for (std::uint32_t cell_bits = 1; cell_bits <= 4; ++cell_bits) {
          const CodeFormat format{encoding, bits};
          const WeightSlicing slicing(mapping, format, cell_bits);
          for (std::uint32_t code = 0; code < (1U << bits); ++code) {
            std::int32_t value = slicing.constant;
            for (const WeightSlice& slice : slicing.slices) {
              CHECK(slice.digit[code] < (1U << cell_bits));
              value += slice.coefficient * slice.digit[code];
            }
            CHECK(value == format.value(code));
          }
        }
      }
    }
  }
}

TEST_CASE("8-bit weights take four 2-bit slices, twice as many with signs apart") {
  const CodeFormat format{Encoding::mid_rise, 8};
  CHECK(WeightSlicing(WeightMapping::offset, format, 2).slices.size() == 4);
  CHECK(WeightSlicing(WeightMapping::offset, format, 3).slices.size() == 3);
  CHECK(WeightSlicing(WeightMapping::differential, format, 2).slices.size() == 8);
  CHECK(WeightSlicing(WeightMapping::offset, format, 2).constant == -255);
  CHECK(WeightSlicing(WeightMapping::differential, format, 2).constant == 0);
}

TEST_CASE("A signed cell holds the value of a code itself") {
  for (const CodeFormat format : {CodeFormat{Encoding::mid_rise, 1}, CodeFormat{Encoding::mid_rise, 4},
                                  CodeFormat{Encoding::ternary, 2}}) {
    const WeightSlicing slicing(WeightMapping::signed_cells, format, 4);
    REQUIRE(slicing.slices.size() == 1);
    CHECK(slicing.constant == 0);
    CHECK(slicing.slices[0].coefficient == 1);
    for (std::uint32_t code = 0; code < format.levels(); ++code) {
      CHECK(slicing.slices[0].digit[code] == format.value(code));
    }
  }
}

TEST_CASE("A signed input goes in one digit: magnitude and sign, nothing where the wordline is off") {
  for (const CodeFormat format : {CodeFormat{Encoding::mid_rise, 1}, CodeFormat{Encoding::mid_rise, 3},
                                  CodeFormat{Encoding::ternary, 2}}) {
    const ActivationSlicing slicing(format, 4);
    CHECK(slicing.digits == 1);
    std::vector<std::uint8_t> codes;
    for (std::uint32_t code = 0; code < format.levels(); ++code)
      codes.push_back(static_cast<std::uint8_t>(code));
    if (format.encoding == Encoding::mid_rise) codes.push_back(format.off());
    BitPlanes planes;
    slicing.split(codes, planes);
    std::uint64_t active = 0;
    for (std::size_t row = 0; row < codes.size(); ++row) {
      std::int32_t magnitude = 0;
      for (std::uint32_t bit = 0; bit < slicing.digit_bits; ++bit) {
        magnitude |= static_cast<std::int32_t>(planes.plane(bit)[0] >> row & 1) << bit;
      }
      const bool negative = (planes.plane(slicing.digit_bits)[0] >> row & 1) != 0;
      CHECK((negative ? -magnitude : magnitude) == format.value(codes[row]));
      active += magnitude != 0 ? 1 : 0;
    }
    CHECK(slicing.count_active(codes) == active);
  }
}

TEST_CASE("A DAC of d bits takes ceil(b / d) digits") {
  for (std::uint32_t bits = 1; bits <= 8; ++bits) {
    for (std::uint32_t digit_bits = 1; digit_bits <= 8; ++digit_bits) {
      const ActivationSlicing slicing({Encoding::unsigned_binary, bits}, digit_bits);
      CHECK(slicing.digits * digit_bits >= bits);
      CHECK((slicing.digits - 1) * digit_bits < bits);
      CHECK(slicing.max_digit() == (1U << digit_bits) - 1);
    }
  }
}

}  // namespace sumline::slicing_test
