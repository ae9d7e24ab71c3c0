// SPDX-License-Identifier: Apache-2.0
#include "components/model/tile_gradients.hpp"

#include <algorithm>
#include <array>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::size_t kLanes = LaneTerms::kLanes;
/// Scalar vectors and lanes taken together: their part of z, both ways round, stays near the processor.
constexpr std::uint32_t kScalarBlock = 96;
constexpr std::uint32_t kLaneBlock = 128;
constexpr std::size_t kZStride = kLaneBlock + kLanes;

std::size_t rounded_up(std::size_t count, std::size_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

/// Blocks of equal size, multiples of kLanes.
std::uint32_t scalars_per_block(std::uint32_t scalars) {
  const std::uint32_t blocks = (scalars + kScalarBlock - 1) / kScalarBlock;
  return static_cast<std::uint32_t>(rounded_up((scalars + blocks - 1) / blocks, kLanes));
}

/// What a +1 instead of a -1 in digit d adds to the operand.
float step_of(const SignDigits& digits, std::size_t d) {
  return 2.0f * static_cast<float>(digits.weights[d]) / static_cast<float>(digits.denominator);
}

/// Lines of equal stride that do not all fall into the same sets of a cache.
std::size_t line_stride(std::size_t count) {
  return rounded_up(count, kLanes) + kLanes;
}

}  // namespace

TileGradients::Sums::Sums(std::size_t count, std::size_t digit_rows, std::size_t undriven_rows)
    : stride(line_stride(count)),
      digits(digit_rows * stride),
      undriven(undriven_rows * stride),
      total(stride) {}

void TileGradients::Sums::clear() {
  std::fill(digits.begin(), digits.end(), 0.0f);
  std::fill(total.begin(), total.end(), 0.0f);
}

TileGradients::TileGradients(const TiledProduct& product, std::size_t tile, const SumTable& slope,
                             WantedGradients wanted)
    : tiling_(product.tiling),
      tile_(tile),
      lane_digits_(product.lane_digits),
      scalar_digits_(product.scalar_digits),
      slope_(slope),
      wanted_(wanted),
      scalars_(product.scalars.count),
      lanes_(product.lanes.count),
      scalar_rows_(scalar_rows(product)),
      undriven_rows_(undriven_rows(product)),
      to_lanes_(lanes_, wanted.lanes ? digit_rows(scalar_digits_) : 0, 0),
      to_scalars_(scalars_, wanted.scalars ? digit_rows(lane_digits_) : 0, undriven_rows_.rows()),
      z_(kScalarBlock * kZStride),
      transposed_(kLaneBlock * kScalarBlock) {}

std::size_t TileGradients::channels() const {
  const bool last = tile_ + 1 == tiling_.tiles();
  return last ? tiling_.last_rows() / tiling_.taps() : tiling_.channels_per_tile;
}

/// Of the bits that group_bits() makes for an operand.
std::size_t TileGradients::digit_rows(const SignDigits& digits) const {
  return digits.weights.size() * rounded_up(tiling_.rows(), BitRows::kBlock);
}

BitRows TileGradients::lane_rows(const TiledProduct& product) const {
  const std::size_t stride = product.lanes.stride;
  const std::size_t digits = lane_digits_.weights.size();
  std::vector<BitWords> matrices;
  for (std::size_t d = 0; d < digits; ++d) {
    const std::size_t first = (tile_ * digits + d) * tiling_.words() * stride;
    matrices.push_back({product.lanes.digits.data() + first, stride, 1});
  }
  return group_bits(matrices, tiling_.rows(), lanes_);
}

BitRows TileGradients::scalar_rows(const TiledProduct& product) const {
  const std::size_t digits = scalar_digits_.weights.size();
  const std::size_t tile_words = digits * tiling_.words();
  std::vector<BitWords> matrices;
  for (std::size_t d = 0; d < digits; ++d) {
    const std::size_t first = tile_ * tile_words + d * tiling_.words();
    matrices.push_back({product.scalars.digits.data() + first, 1, tiling_.tiles() * tile_words});
  }
  return group_bits(matrices, tiling_.rows(), scalars_);
}

BitRows TileGradients::undriven_rows(const TiledProduct& product) {
  constexpr std::size_t kWordBits = 32;
  const std::size_t stride = product.lanes.stride;
  std::vector<std::uint32_t> words((tiling_.taps() + kWordBits - 1) / kWordBits * stride);
  for (std::size_t tap = 0; tap < tiling_.taps(); ++tap) {
    const std::size_t row = tap * tiling_.channels_per_tile;
    const std::uint32_t* driven = product.driven.rows.data() + row / kWordBits * stride;
    const std::size_t place = undriven_taps_.size();
    std::uint32_t* word = words.data() + place / kWordBits * stride;
    std::uint32_t any = 0;
    for (std::size_t n = 0; n < lanes_; ++n) {
      const std::uint32_t undriven = ~driven[n] >> (row % kWordBits) & 1U;
      word[n] |= undriven << (place % kWordBits);
      any |= undriven;
    }
    if (any != 0) undriven_taps_.push_back(tap);
  }
  return group_bits(std::array{BitWords{words.data(), stride, 1}}, undriven_taps_.size(), lanes_);
}

void TileGradients::add(const TiledProduct& product, const float* g) {
  const BitRows lane_bits = wanted_.scalars ? lane_rows(product) : BitRows{};
  const std::uint32_t block = scalars_per_block(scalars_);
  to_lanes_.clear();
  for (std::uint32_t n = 0; n < lanes_; n += kLaneBlock) {
    for (std::uint32_t m = 0; m < scalars_; m += block) {
      add_block({m, std::min(m + block, scalars_)}, {n, std::min(n + kLaneBlock, lanes_)}, product, g,
                lane_bits);
    }
  }
}

void TileGradients::add_block(ScalarRange scalars, LaneRange lanes, const TiledProduct& product,
                              const float* g, const BitRows& lane_bits) {
  const std::size_t scalar_count = scalars.end - scalars.begin;
  const std::size_t lane_count = lanes.end - lanes.begin;
  scale_by_slope(product, tile_, scalars, lanes, slope_, g, z_.data(), kZStride);
  if (wanted_.lanes) {
    const LaneTerms by_scalars{z_.data(), kZStride, scalar_count, rounded_up(lane_count, kLanes)};
    const BitSums scalar_sums{&scalar_rows_, scalars.begin / BitRows::kGroup,
                              to_lanes_.digits.data() + lanes.begin};
    add_bit_products(by_scalars, std::array{scalar_sums}, to_lanes_.stride,
                     to_lanes_.total.data() + lanes.begin);
  }
  if (wanted_.scalars) {
    transpose_lanes(z_.data(), kZStride, scalar_count, lane_count, transposed_.data(), kScalarBlock);
    const LaneTerms by_lanes{transposed_.data(), kScalarBlock, lane_count, rounded_up(scalar_count, kLanes)};
    const std::size_t group = lanes.begin / BitRows::kGroup;
    const BitSums lane_sums{&lane_bits, group, to_scalars_.digits.data() + scalars.begin};
    const BitSums undriven_sums{&undriven_rows_, group, to_scalars_.undriven.data() + scalars.begin};
    add_bit_products(by_lanes, std::array{lane_sums, undriven_sums}, to_scalars_.stride,
                     to_scalars_.total.data() + scalars.begin);
  }
}

void TileGradients::write_maps(const WindowGeometry& window, float* maps) const {
  const std::size_t map_size = window.in.positions();
  const std::size_t rows = scalar_rows_.rows() / scalar_digits_.weights.size();
  std::vector<std::vector<WindowLine>> lines;
  std::vector<float> offset(map_size);
  for (std::uint32_t tap = 0; tap < tiling_.taps(); ++tap) {
    lines.push_back(window_lines(window, tap));
    add_lines(lines.back(), window.stride, to_lanes_.total.data(), -1, offset.data());
  }
  for (std::size_t c = 0; c < channels(); ++c) {
    float* map = maps + c * map_size;
    std::copy(offset.begin(), offset.end(), map);
    for (std::size_t d = 0; d < scalar_digits_.weights.size(); ++d) {
      for (std::size_t tap = 0; tap < tiling_.taps(); ++tap) {
        const std::size_t row = d * rows + tap * tiling_.channels_per_tile + c;
        add_lines(lines[tap], window.stride, to_lanes_.digits.data() + row * to_lanes_.stride,
                  step_of(scalar_digits_, d), map);
      }
    }
  }
}

void TileGradients::write_lanes(float* vectors, std::size_t stride) const {
  write(to_lanes_, scalar_digits_, lanes_, vectors, stride);
}

void TileGradients::write_scalars(float* vectors, std::size_t stride) const {
  write(to_scalars_, lane_digits_, scalars_, vectors, stride);
}

void TileGradients::write(const Sums& sums, const SignDigits& digits, std::size_t count, float* vectors,
                          std::size_t stride) const {
  SUMLINE_ASSERT(!sums.digits.empty(), "gradients that were not wanted are not there");
  const std::size_t elements = channels() * tiling_.taps();
  std::vector<float> block(elements * kLanes);
  for (std::size_t begin = 0; begin < count; begin += kLanes, vectors += kLanes * stride) {
    gather(sums, digits, begin, block.data());
    const std::size_t present = std::min(kLanes, count - begin);
    // What is transposed at once must exist as a whole.
    const std::size_t at_once = present == kLanes ? elements / 4 * 4 : 0;
    transpose_lanes(block.data(), kLanes, at_once, kLanes, vectors, stride);
    for (std::size_t e = at_once; e < elements; ++e) {
      for (std::size_t v = 0; v < present; ++v) vectors[v * stride + e] = block[e * kLanes + v];
    }
  }
}

void TileGradients::gather(const Sums& sums, const SignDigits& digits, std::size_t begin,
                           float* block) const {
  const std::size_t rows = sums.digits.size() / sums.stride / digits.weights.size();
  const std::size_t channel_count = channels();
  for (std::size_t tap = 0, undriven = 0; tap < tiling_.taps(); ++tap) {
    float offset[kLanes];
    for (std::size_t v = 0; v < kLanes; ++v) offset[v] = -sums.total[begin + v];
    if (undriven < undriven_taps_.size() && undriven_taps_[undriven] == tap && !sums.undriven.empty()) {
      const float* of_tap = sums.undriven.data() + undriven++ * sums.stride + begin;
      for (std::size_t v = 0; v < kLanes; ++v) offset[v] += of_tap[v];
    }
    for (std::size_t c = 0; c < channel_count; ++c) {
      float* values = block + (c * tiling_.taps() + tap) * kLanes;
      const float* old = offset;
      for (std::size_t d = 0; d < digits.weights.size(); ++d, old = values) {
        const std::size_t row = d * rows + tap * tiling_.channels_per_tile + c;
        const float* of_digit = sums.digits.data() + row * sums.stride + begin;
        const float step = step_of(digits, d);
        for (std::size_t v = 0; v < kLanes; ++v) values[v] = old[v] + step * of_digit[v];
      }
    }
  }
}

}  // namespace sumline
