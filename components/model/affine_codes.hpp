// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sumline {

/// What an affine map needs, element by element of a batch.
struct AffineBatch {
  std::span<const float> slope;
  std::span<const float> start;
  std::span<const float> doubt;  ///< in codes
  std::int32_t largest;          ///< sums beyond +-largest (or close to it) are doubtful
  std::uint32_t top;             ///< 1..255
};

/// codes[i] = floor(clip(slope[i] * sums[i] + start[i], 1/2, top + 1/2)) in float, for the caller to correct
/// where the result lies within doubt[i] of an integer or the sum is beyond `largest`. SIMD through Highway;
/// targets may differ in doubtful elements only.
/// @param doubtful indices of those elements, room for sums.size() @return their number
std::size_t affine_codes(std::span<const std::int32_t> sums, const AffineBatch& batch,
                         std::span<std::uint8_t> codes, std::span<std::uint32_t> doubtful);

}  // namespace sumline
