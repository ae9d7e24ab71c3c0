// SPDX-License-Identifier: Apache-2.0
#include "components/model/pixel_map.hpp"

#include <algorithm>
#include <cstring>

#include "components/model/byte_transpose.hpp"

namespace sumline {

void PixelMap::assign(const WindowGeometry& geometry, std::span<const std::uint8_t> map,
                      const CodeRounding& rounding, std::span<const std::uint8_t> border, bool counted) {
  geometry_ = geometry;
  const Shape& in = geometry.in;
  auto& target = geometry.padding > 0 ? inside_ : codes_;
  target.resize(in.size());
  transpose_bytes(map.data(), in.positions(), in.channels, in.positions(), target.data(), in.channels);
  if (!rounding.identity()) rounding.apply(target);
  if (geometry.padding > 0) add_border(border);
  if (!counted) return;
  counts_.resize(codes_.size() / in.channels);
  count_bits(codes_, in.channels, counts_);
}

void PixelMap::add_border(std::span<const std::uint8_t> border) {
  const std::size_t inside = std::size_t{geometry_.in.width} * geometry_.in.channels;
  codes_.resize((geometry_.in.height + 2 * std::size_t{geometry_.padding}) * width() * border.size());
  std::uint8_t* target = codes_.data();
  const auto fill = [&](std::size_t pixels) {
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) target = std::ranges::copy(border, target).out;
  };
  fill(geometry_.padding * width() + geometry_.padding);
  for (std::size_t y = 0; y < geometry_.in.height; ++y) {
    target = std::copy_n(inside_.data() + y * inside, inside, target);
    fill(std::size_t{2} * geometry_.padding);
  }
  fill(geometry_.padding * width() - geometry_.padding);
}

std::size_t PixelMap::corner(std::size_t position) const {
  return (position / geometry_.out_width() * width() + position % geometry_.out_width()) * geometry_.stride;
}

void PixelMap::gather(std::size_t begin, std::size_t count, std::size_t stride, std::uint8_t* windows) const {
  const std::size_t run = std::size_t{geometry_.kernel} * geometry_.in.channels;
  const std::size_t line = width() * geometry_.in.channels;
  for (std::size_t index = 0; index < count; ++index, windows += stride) {
    const std::uint8_t* source = codes_.data() + corner(begin + index) * geometry_.in.channels;
    for (std::size_t i = 0; i < geometry_.kernel; ++i) {
      std::memcpy(windows + i * run, source + i * line, run);
    }
  }
}

void PixelMap::count(std::size_t begin, std::span<BitCounts> counts) const {
  for (std::size_t index = 0; index < counts.size(); ++index) {
    const BitCounts* pixel = counts_.data() + corner(begin + index);
    BitCounts sums{};
    for (std::size_t i = 0; i < geometry_.kernel; ++i, pixel += width()) {
      for (std::size_t j = 0; j < geometry_.kernel; ++j) {
        for (std::size_t bit = 0; bit < sums.size(); ++bit) sums[bit] += pixel[j][bit];
      }
    }
    counts[index] = sums;
  }
}

}  // namespace sumline
