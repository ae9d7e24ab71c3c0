// SPDX-License-Identifier: Apache-2.0
#include "components/model/slicing.hpp"

#include <catch2/catch.hpp>

namespace sumline {

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

}  // namespace sumline
