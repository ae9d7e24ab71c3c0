// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Random123/philox.h>

#include <array>
#include <cstdint>

/// Random numbers that depend on what they are for and on nothing drawn before: training resumes to the same
/// bits.
namespace sumline {

enum class Draw : std::uint32_t { initial_weights, shuffle, augmentation, batch, color };

/// Four independent words for item (major, minor) of `draw`, e.g. (epoch, image).
inline std::array<std::uint32_t, 4> random_words(std::uint64_t seed, Draw draw, std::uint32_t major,
                                                 std::uint32_t minor) {
  const r123::Philox4x32::ctr_type counter{{minor, major, static_cast<std::uint32_t>(draw), 0}};
  const r123::Philox4x32::key_type key{
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  const auto words = r123::Philox4x32()(counter, key);
  return {words[0], words[1], words[2], words[3]};
}

/// Uniform in 0..bound - 1; the bias is below bound / 2^32.
inline std::uint32_t below(std::uint32_t bound, std::uint32_t word) {
  return static_cast<std::uint32_t>((std::uint64_t{word} * bound) >> 32);
}

/// Uniform in [0, 1) with 24 bits, exact in float32.
inline float unit_interval(std::uint32_t word) {
  return static_cast<float>(word >> 8) * 0x1p-24f;
}

}  // namespace sumline
