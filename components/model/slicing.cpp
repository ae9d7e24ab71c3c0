// SPDX-License-Identifier: Apache-2.0
#include "components/model/slicing.hpp"

#include "energy/error.hpp"

namespace sumline {
namespace {

/// Base-2^cell_bits digits of `magnitude(code)`, one slice per digit, each weighing `factor` times its place
/// value.
template <class Magnitude>
void append_slices(std::vector<WeightSlice>& slices, CodeFormat format, std::uint32_t cell_bits,
                   std::int32_t factor, Magnitude magnitude) {
  const std::uint32_t mask = (1U << cell_bits) - 1;
  for (std::uint32_t shift = 0; shift < format.bits; shift += cell_bits) {
    WeightSlice slice{factor * (std::int32_t{1} << shift), {}};
    for (std::uint32_t code = 0; code < (1U << format.bits); ++code) {
      slice.digit[code] = static_cast<std::uint8_t>((magnitude(code) >> shift) & mask);
    }
    slices.push_back(slice);
  }
}

}  // namespace

WeightSlicing::WeightSlicing(WeightMapping mapping, CodeFormat format, std::uint32_t cell_bits)
    : constant(0) {
  SUMLINE_ASSERT(format.bits >= 1 && format.bits <= 8, "weight codes have 1 to 8 bits");
  switch (mapping) {
    case WeightMapping::offset: {
      const bool mid_rise = format.encoding == Encoding::mid_rise;
      append_slices(slices, format, cell_bits, mid_rise ? 2 : 1, [](std::uint32_t code) { return code; });
      constant = format.value(0);
      return;
    }
    case WeightMapping::differential:
      for (const std::int32_t sign : {+1, -1}) {
        append_slices(slices, format, cell_bits, sign, [&](std::uint32_t code) {
          const std::int32_t value = format.value(code) * sign;
          return static_cast<std::uint32_t>(value > 0 ? value : 0);
        });
      }
      return;
  }
}

void WeightSlicing::keep_most_significant(std::uint32_t count) {
  SUMLINE_ASSERT(count <= slices.size(), "slices to keep");
  dropped = static_cast<std::uint32_t>(slices.size()) - count;
  slices.erase(slices.begin(), slices.begin() + static_cast<std::ptrdiff_t>(dropped));
}

void ActivationSlicing::drive_most_significant(std::uint32_t count) {
  SUMLINE_ASSERT(count <= digits, "digits to drive");
  first_digit = digits - count;
}

ActivationSlicing::ActivationSlicing(CodeFormat format, std::uint32_t digit_bits_)
    : bits(format.bits), digit_bits(digit_bits_), digits((format.bits + digit_bits_ - 1) / digit_bits_) {
  SUMLINE_ASSERT(format.encoding == Encoding::unsigned_binary, "bit-serial inputs are unsigned");
  SUMLINE_ASSERT(digit_bits >= 1 && digit_bits <= 8, "a DAC takes 1 to 8 bits");
}

}  // namespace sumline
