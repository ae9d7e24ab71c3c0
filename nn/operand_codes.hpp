// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "components/model/staircase.hpp"
#include "traces/workload.hpp"

/// Operands over -1..1 as codes of a workload.
namespace sumline {

/// @param resolution not full
CodeFormat format_of(Resolution resolution);

/// What a value of 1 is, in units of the format's integers: value = integer / unit.
std::int32_t integers_per_one(const CodeFormat& format);

/// quantize_operands() as codes, ends clipped. @param resolution not full
std::vector<std::uint8_t> operand_codes(const float* values, std::size_t count, Resolution resolution);

/// Where the codes of a hard-tanh'd value change: code = how many of them it has reached. With one bit 0 itself
/// belongs to the code below. @param format one of format_of(), or 8-bit mid-rise
/// @param zero_below of an 8-bit format: read at one bit, so that 0 belongs to the code below
std::vector<double> operand_boundaries(const CodeFormat& format, bool zero_below);

/// Weights without a quantiser: 8-bit mid-rise codes, one step per output channel.
struct ChannelCodes {
  std::vector<std::uint8_t> codes;  ///< [channels, rows]
  std::vector<double> units;        ///< [channels] of a code's integer
};
ChannelCodes channel_codes(const std::vector<double>& weights, std::size_t channels);

}  // namespace sumline
