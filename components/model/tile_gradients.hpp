// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <boost/align/aligned_allocator.hpp>

#include "components/model/bit_products.hpp"
#include "components/model/tiled_popcount.hpp"
#include "components/model/window_lines.hpp"

namespace sumline {

/// To which operand of a tile's sums.
struct WantedGradients {
  bool lanes = true;
  bool scalars = true;
};

/// Gradients of one tile's readings to both operands of its sums. With z = the gradient behind the readout,
///   to a lane vector's row:   sum over scalar vectors m of z[m, n] * scalar[m, row]
///   to a scalar vector's row: sum over lanes n that drive the row of z[m, n] * lane[n, row]
/// where an operand is a sum of weighted +-1 digits: sums over the +1 digits only are formed, and what all
/// terms together give is taken off at the end.
class TileGradients {
 public:
  /// @param product whose lanes only give their number @param wanted the others are not formed and cannot be
  /// written
  TileGradients(const TiledProduct& product, std::size_t tile, const SumTable& slope,
                WantedGradients wanted = {});

  /// @param product with the same scalars @param g [scalars.count, lanes.count], gradient to the readings
  void add(const TiledProduct& product, const float* g);

  /// To the lanes of the last product, as images: map += what every window's rows give its pixels.
  /// @param map [channels of the tile, height, width], zero
  void write_maps(const WindowGeometry& window, float* maps) const;
  /// The same for vectors. @param vectors [lanes.count, stride]; row r of the tile goes to element r
  void write_lanes(float* vectors, std::size_t stride) const;
  /// To the scalars, of all products so far. @param vectors [scalars.count, stride]; the row of channel c and
  /// tap t goes to element c * taps + t
  void write_scalars(float* vectors, std::size_t stride) const;

 private:
  /// No vector of lanes lies across two cache lines.
  using Lines = std::vector<float, boost::alignment::aligned_allocator<float, 64>>;

  /// Sums for all vectors of one operand, side by side.
  struct Sums {
    Sums(std::size_t count, std::size_t digit_rows, std::size_t undriven_rows);
    void clear();

    std::size_t stride;
    Lines digits;    ///< [digit, row, stride], over the terms whose digit is +1
    Lines undriven;  ///< [tap, stride], over the lanes that do not drive the tap
    Lines total;     ///< [stride], over all terms
  };
  std::size_t channels() const;
  std::size_t digit_rows(const SignDigits& digits) const;
  BitRows lane_rows(const TiledProduct& product) const;
  BitRows scalar_rows(const TiledProduct& product) const;
  BitRows undriven_rows(const TiledProduct& product);
  void add_block(ScalarRange scalars, LaneRange lanes, const TiledProduct& product, const float* g,
                 const BitRows& lane_bits);
  /// @param block [channel, tap, kLanes], receives the gradients of the vectors from `begin` on
  void gather(const Sums& sums, const SignDigits& digits, std::size_t begin, float* block) const;
  void write(const Sums& sums, const SignDigits& digits, std::size_t count, float* vectors,
             std::size_t stride) const;

  const Tiling& tiling_;
  const std::size_t tile_;
  const SignDigits& lane_digits_;
  const SignDigits& scalar_digits_;
  const SumTable& slope_;
  const WantedGradients wanted_;
  const std::uint32_t scalars_;
  const std::uint32_t lanes_;
  const BitRows scalar_rows_;
  std::vector<std::size_t> undriven_taps_;
  const BitRows undriven_rows_;
  Sums to_lanes_;
  Sums to_scalars_;
  Lines z_;           ///< [block of scalars, block of lanes]
  Lines transposed_;  ///< [block of lanes, block of scalars]
};

}  // namespace sumline
