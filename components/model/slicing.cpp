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
      slice.digit[code] = static_cast<std::int8_t>((magnitude(code) >> shift) & mask);
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
    case WeightMapping::signed_cells: {
      WeightSlice slice{1, {}};
      for (std::uint32_t code = 0; code < format.levels(); ++code) {
        slice.digit[code] = static_cast<std::int8_t>(format.value(code));
      }
      slices.push_back(slice);
      return;
    }
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

ActivationSlicing::ActivationSlicing(CodeFormat format_, std::uint32_t dac_bits)
    : format(format_),
      bits(format.bits),
      digit_bits(dac_bits),
      digits((format.bits + dac_bits - 1) / dac_bits),
      has_sign(format.encoding != Encoding::unsigned_binary) {
  SUMLINE_ASSERT(dac_bits >= 1 && dac_bits <= 8, "a DAC takes 1 to 8 bits");
  if (!has_sign) return;
  SUMLINE_ASSERT(format.bits <= dac_bits && format.bits < 8, "a signed input goes in one digit");
  digit_bits = format.encoding == Encoding::ternary ? 1 : format.bits;
  digits = 1;
  for (std::uint32_t code = 0; code <= format.levels(); ++code) {
    const std::int32_t value = format.value(code);
    driven[code] = static_cast<std::uint8_t>(std::abs(value) | (value < 0 ? 1 << digit_bits : 0));
  }
}

void ActivationSlicing::split(std::span<const std::uint8_t> codes, BitPlanes& planes) const {
  if (!has_sign) return planes.assign(codes, bits);
  std::vector<std::uint8_t> lines(codes.size());
  std::transform(codes.begin(), codes.end(), lines.begin(), [&](std::uint8_t code) { return driven[code]; });
  planes.assign(lines, digit_bits + 1);
}

std::uint64_t ActivationSlicing::count_active(std::span<const std::uint8_t> codes) const {
  if (!has_sign) return count_active_digits(codes, digit_bits);
  const std::uint8_t off = format.encoding == Encoding::ternary ? 1 : format.off();
  return codes.size() - static_cast<std::uint64_t>(std::count(codes.begin(), codes.end(), off));
}

}  // namespace sumline
