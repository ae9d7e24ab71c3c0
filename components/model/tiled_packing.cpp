// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>

#include "components/model/tiled_popcount.hpp"
#include "components/model/window_lines.hpp"

namespace sumline {
namespace {

constexpr std::uint32_t kWordBits = 32;

std::uint32_t padded_lanes(std::uint32_t count) {
  return (count + kLaneMultiple - 1) / kLaneMultiple * kLaneMultiple;
}

LaneVectors empty_lanes(std::uint32_t count, const Tiling& tiling, std::size_t digit_count) {
  LaneVectors lanes;
  lanes.count = count;
  lanes.stride = padded_lanes(count);
  lanes.digits.assign(std::size_t{tiling.tiles()} * digit_count * tiling.words() * lanes.stride, 0);
  return lanes;
}

/// A run of up to 32 rows that starts at row `first`: sets them in up to two of the words `words[w *
/// stride]`.
void put_rows(std::uint32_t bits, std::uint32_t first, std::size_t stride, std::uint32_t* words) {
  const std::uint32_t shift = first % kWordBits;
  std::uint32_t* word = words + first / kWordBits * stride;
  word[0] |= bits << shift;
  const std::uint32_t carry = shift == 0 ? 0 : bits >> (kWordBits - shift);
  if (carry != 0) word[stride] |= carry;
}

/// Channels [begin, begin + size) of one tile, at most 32 of them, as they lie in one pixel.
struct ChannelRun {
  std::uint32_t tile;
  std::uint32_t begin;  ///< inside the tile
  std::uint32_t size;
};

std::vector<ChannelRun> channel_runs(const Tiling& tiling) {
  std::vector<ChannelRun> runs;
  for (std::uint32_t tile = 0; tile < tiling.tiles(); ++tile) {
    const std::uint32_t channels =
        std::min(tiling.channels_per_tile, tiling.channels - tile * tiling.channels_per_tile);
    for (std::uint32_t begin = 0; begin < channels; begin += kWordBits) {
      runs.push_back({tile, begin, std::min(kWordBits, channels - begin)});
    }
  }
  return runs;
}

/// pixels[i] = the digits of the run's channels at pixel i, bit c = channel c of the run.
void pack_pixels(const std::uint8_t* digits, std::size_t map_size, std::uint32_t channels, std::size_t digit,
                 std::vector<std::uint32_t>& pixels) {
  pixels.assign(map_size, 0);
  for (std::uint32_t c = 0; c < channels; ++c) {
    const std::uint8_t* plane = digits + c * map_size;
    std::uint32_t* words = pixels.data();
    for (std::size_t i = 0; i < map_size; ++i) words[i] |= (plane[i] >> digit & 1U) << c;
  }
}

/// Digit `digit` of `count` channels, at most 32, that lie `stride` apart.
std::uint32_t pack_channels(const std::uint8_t* digits, std::size_t stride, std::uint32_t count,
                            std::size_t digit) {
  std::uint32_t bits = 0;
  std::uint32_t c = 0;
  if (stride == 1) {
    // Eight digits at once: the product moves the lowest bit of byte i to bit 56 + i.
    constexpr std::uint64_t kLowest = 0x0101010101010101;
    constexpr std::uint64_t kMove = 0x0102040810204080;
    for (std::uint64_t eight = 0; c + 8 <= count; c += 8) {
      std::memcpy(&eight, digits + c, sizeof eight);
      bits |= static_cast<std::uint32_t>(((eight >> digit) & kLowest) * kMove >> 56) << c;
    }
  }
  for (; c < count; ++c) bits |= (static_cast<std::uint32_t>(digits[c * stride] >> digit) & 1U) << c;
  return bits;
}

/// Rows [first, first + size) of the windows of a line, size <= 32: bit r of a pixel is row first + r.
void put_line(const std::uint32_t* pixels, std::size_t step, std::size_t count, std::uint32_t first,
              std::uint32_t size, std::size_t stride, std::uint32_t* words) {
  const std::uint32_t shift = first % kWordBits;
  std::uint32_t* low = words + first / kWordBits * stride;
  for (std::size_t x = 0; x < count; ++x) low[x] |= pixels[x * step] << shift;
  if (shift + size <= kWordBits) return;
  std::uint32_t* high = low + stride;
  for (std::size_t x = 0; x < count; ++x) high[x] |= pixels[x * step] >> (kWordBits - shift);
}

}  // namespace

DrivenRows driven_by_windows(const Tiling& tiling, const WindowGeometry& window) {
  const std::size_t stride = padded_lanes(window.out_height() * window.out_width());
  const std::uint32_t last_channels = tiling.last_rows() / tiling.taps();
  DrivenRows driven{std::vector<std::uint32_t>(tiling.words() * stride),
                    std::vector<std::int32_t>(2 * stride)};
  for (std::uint32_t tap = 0; tap < tiling.taps(); ++tap) {
    for (const WindowLine& line : window_lines(window, tap)) {
      for (std::size_t position = line.position; position < line.position + line.count; ++position) {
        for (std::uint32_t c = 0; c < tiling.channels_per_tile; ++c) {
          put_rows(1, tap * tiling.channels_per_tile + c, stride, driven.rows.data() + position);
        }
        driven.counts[position] += static_cast<std::int32_t>(tiling.channels_per_tile);
        driven.counts[stride + position] += static_cast<std::int32_t>(last_channels);
      }
    }
  }
  return driven;
}

DrivenRows all_driven(const Tiling& tiling, std::uint32_t count) {
  const std::size_t stride = padded_lanes(count);
  DrivenRows driven{std::vector<std::uint32_t>(tiling.words() * stride, ~0U),
                    std::vector<std::int32_t>(2 * stride, static_cast<std::int32_t>(tiling.rows()))};
  std::fill_n(driven.counts.begin() + static_cast<std::ptrdiff_t>(stride), stride,
              static_cast<std::int32_t>(tiling.last_rows()));
  return driven;
}

LaneVectors pack_windows(const std::uint8_t* digits, const Tiling& tiling, const WindowGeometry& window,
                         std::size_t digit_count) {
  const std::size_t map_size = std::size_t{window.in.height} * window.in.width;
  LaneVectors lanes = empty_lanes(window.out_height() * window.out_width(), tiling, digit_count);
  std::vector<std::uint32_t> pixels;
  std::vector<std::vector<WindowLine>> lines;
  for (std::uint32_t tap = 0; tap < tiling.taps(); ++tap) lines.push_back(window_lines(window, tap));
  for (const ChannelRun& run : channel_runs(tiling)) {
    const std::size_t channel = std::size_t{run.tile} * tiling.channels_per_tile + run.begin;
    for (std::size_t d = 0; d < digit_count; ++d) {
      pack_pixels(digits + channel * map_size, map_size, run.size, d, pixels);
      std::uint32_t* words =
          lanes.digits.data() + (run.tile * digit_count + d) * tiling.words() * lanes.stride;
      for (std::uint32_t tap = 0; tap < tiling.taps(); ++tap) {
        const std::uint32_t row = tap * tiling.channels_per_tile + run.begin;
        for (const WindowLine& line : lines[tap]) {
          put_line(pixels.data() + line.pixel, window.stride, line.count, row, run.size, lanes.stride,
                   words + line.position);
        }
      }
    }
  }
  return lanes;
}

LaneVectors pack_lanes(const std::uint8_t* digits, std::uint32_t count, const Tiling& tiling,
                       std::size_t digit_count) {
  LaneVectors lanes = empty_lanes(count, tiling, digit_count);
  const ScalarVectors packed = pack_scalars(digits, count, tiling, digit_count);
  const std::size_t words = tiling.tiles() * digit_count * tiling.words();
  for (std::size_t n = 0; n < count; ++n) {
    for (std::size_t w = 0; w < words; ++w) lanes.digits[w * lanes.stride + n] = packed.digits[n * words + w];
  }
  return lanes;
}

ScalarVectors pack_scalars(const std::uint8_t* digits, std::uint32_t count, const Tiling& tiling,
                           std::size_t digit_count) {
  const std::size_t words = tiling.words();
  const std::size_t tile_words = digit_count * words;
  const std::size_t vector_words = tiling.tiles() * tile_words;
  const std::vector<ChannelRun> runs = channel_runs(tiling);
  ScalarVectors packed{count, std::vector<std::uint32_t>(count * vector_words, 0)};
  for (std::size_t m = 0; m < count; ++m) {
    const std::uint8_t* codes = digits + m * tiling.channels * tiling.taps();
    for (const ChannelRun& run : runs) {
      const std::size_t channel = std::size_t{run.tile} * tiling.channels_per_tile + run.begin;
      std::uint32_t* target = packed.digits.data() + m * vector_words + run.tile * tile_words;
      for (std::uint32_t tap = 0; tap < tiling.taps(); ++tap) {
        for (std::size_t d = 0; d < digit_count; ++d) {
          const std::uint32_t bits =
              pack_channels(codes + channel * tiling.taps() + tap, tiling.taps(), run.size, d);
          put_rows(bits, tap * tiling.channels_per_tile + run.begin, 1, target + d * words);
        }
      }
    }
  }
  return packed;
}

}  // namespace sumline
