// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "components/model/staircase.hpp"
#include "components/model/windows.hpp"

/// Products of +-1 digits, tile by tile: a tile is one array column's rows, and every tile's sum goes through
/// a table before it is added. XNOR and popcount through Highway with run-time dispatch; every target gives
/// the same bits.
namespace sumline {

/// Cut of the rows [channels, kernel * kernel] into tiles of whole channels; the last tile holds the
/// remainder.
struct Tiling {
  std::uint32_t channels;
  std::uint32_t kernel;  ///< 1 for a linear layer
  std::uint32_t channels_per_tile;

  std::uint32_t taps() const { return kernel * kernel; }
  std::uint32_t tiles() const { return (channels + channels_per_tile - 1) / channels_per_tile; }
  std::uint32_t rows() const { return channels_per_tile * taps(); }  ///< of a full tile
  std::uint32_t last_rows() const { return (channels - (tiles() - 1) * channels_per_tile) * taps(); }
  std::uint32_t words() const { return (rows() + 31) / 32; }
};

constexpr std::uint32_t kLaneMultiple = 16;  ///< lanes are padded to

/// Row vectors side by side in SIMD lanes: the image's windows, or a linear layer's weights.
struct LaneVectors {
  std::uint32_t count = 0;
  std::uint32_t stride = 0;           ///< count, rounded up to kLaneMultiple
  std::vector<std::uint32_t> digits;  ///< [tile, digit, word, stride]; bit b of word w = row 32 w + b is +1
};

/// Which rows the lanes drive: a window that reaches over the border of the image leaves rows undriven, and
/// they add 0.
struct DrivenRows {
  std::vector<std::uint32_t> rows;   ///< [word, stride]
  std::vector<std::int32_t> counts;  ///< [2, stride]: of a full tile, of the last tile
};
DrivenRows driven_by_windows(const Tiling& tiling, const WindowGeometry& window);
/// Every row of `count` lanes.
DrivenRows all_driven(const Tiling& tiling, std::uint32_t count);

/// Row vectors taken one at a time: a convolution's weights, or the images of a linear layer.
struct ScalarVectors {
  std::uint32_t count = 0;
  std::vector<std::uint32_t> digits;  ///< [vector, tile, digit, word]
};

/// @param digits encode_operands() of [channels, height, width]
LaneVectors pack_windows(const std::uint8_t* digits, const Tiling& tiling, const WindowGeometry& window,
                         std::size_t digit_count);
/// @param digits encode_operands() of [count, channels]; tiling.kernel must be 1
LaneVectors pack_lanes(const std::uint8_t* digits, std::uint32_t count, const Tiling& tiling,
                       std::size_t digit_count);
/// @param digits encode_operands() of [count, channels, kernel, kernel]
ScalarVectors pack_scalars(const std::uint8_t* digits, std::uint32_t count, const Tiling& tiling,
                           std::size_t digit_count);

/// sum[t](m, n) = sum over rows of tile t and digits p, q of a[p] * b[q] * scalar[m, p, row] * lane[n, q,
/// row].
struct TiledProduct {
  const Tiling& tiling;
  const LaneVectors& lanes;
  const DrivenRows& driven;
  const SignDigits& lane_digits;
  const ScalarVectors& scalars;
  const SignDigits& scalar_digits;

  std::int32_t max_sum() const {
    return static_cast<std::int32_t>(tiling.rows()) * lane_digits.denominator * scalar_digits.denominator;
  }
};

/// Scalar vectors [begin, end) of one call, so that callers may spread them over threads.
struct ScalarRange {
  std::uint32_t begin;
  std::uint32_t end;
};

/// y[m, n] = sum over tiles t, in order and in float32, of table(sum[t](m, n)).
/// @param y [scalars.count, lanes.count]
void read_out(const TiledProduct& product, ScalarRange range, const SumTable& table, float* y);

/// Lanes [begin, end) of one call.
struct LaneRange {
  std::uint32_t begin;  ///< a multiple of kLaneMultiple
  std::uint32_t end;
};

/// z[m - scalars.begin, n - lanes.begin] = g[m, n] * table(sum[tile](m, n)): the gradient behind a tile's
/// readout, table being its slope.
/// @param g [scalars.count, lanes.count] @param z [scalars, stride]
void scale_by_slope(const TiledProduct& product, std::size_t tile, ScalarRange scalars, LaneRange lanes,
                    const SumTable& table, const float* g, float* z, std::size_t stride);

}  // namespace sumline
