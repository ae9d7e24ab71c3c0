// SPDX-License-Identifier: Apache-2.0
#include "components/model/window_lines.hpp"

#include <algorithm>

#include "components/model/simd_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/window_lines.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sumline::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void AddLine(const float* values, std::size_t count, float scale, float* pixels) {
  const hn::ScalableTag<float> tag;
  const auto factor = hn::Set(tag, scale);
  for (std::size_t x = 0; x < count; x += hn::Lanes(tag)) {
    const auto inside = hn::FirstN(tag, count - x);
    const auto sum = hn::Add(hn::MaskedLoad(inside, tag, pixels + x),
                             hn::Mul(factor, hn::MaskedLoad(inside, tag, values + x)));
    hn::BlendedStore(sum, inside, tag, pixels + x);
  }
}

void AddLines(const std::vector<WindowLine>& lines, std::uint32_t stride, const float* values, float scale,
              float* map) {
  for (const WindowLine& line : lines) {
    if (stride == 1) {
      AddLine(values + line.position, line.count, scale, map + line.pixel);
      continue;
    }
    for (std::size_t x = 0; x < line.count; ++x) {
      map[line.pixel + x * stride] += scale * values[line.position + x];
    }
  }
}

}  // namespace sumline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {
namespace {

/// Outputs whose window's tap lies inside a map of `length` cells, along one side.
struct Inside {
  std::uint32_t begin;
  std::uint32_t end;
};
Inside inside(std::uint32_t tap, std::uint32_t length, std::uint32_t outputs, const WindowGeometry& window) {
  const std::uint32_t begin =
      tap >= window.padding ? 0 : (window.padding - tap + window.stride - 1) / window.stride;
  const std::uint32_t reach = length + window.padding;
  const std::uint32_t end = reach <= tap ? 0 : (reach - tap - 1) / window.stride + 1;
  return {std::min(begin, outputs), std::min(end, outputs)};
}

}  // namespace

HWY_EXPORT(AddLines);

std::vector<WindowLine> window_lines(const WindowGeometry& window, std::uint32_t tap) {
  const std::uint32_t i = tap / window.kernel;
  const std::uint32_t j = tap % window.kernel;
  const Inside rows = inside(i, window.in.height, window.out_height(), window);
  const Inside columns = inside(j, window.in.width, window.out_width(), window);
  std::vector<WindowLine> lines;
  if (columns.begin == columns.end) return lines;
  const std::size_t count = columns.end - columns.begin;
  for (std::size_t y = rows.begin; y < rows.end; ++y) {
    const std::size_t position = y * window.out_width() + columns.begin;
    const std::size_t pixel = (y * window.stride + i - window.padding) * window.in.width +
                              columns.begin * window.stride + j - window.padding;
    const bool continues = !lines.empty() && position == lines.back().position + lines.back().count &&
                           pixel == lines.back().pixel + lines.back().count * window.stride;
    if (continues) {
      lines.back().count += count;
    } else {
      lines.push_back({position, pixel, count});
    }
  }
  return lines;
}

void add_lines(const std::vector<WindowLine>& lines, std::uint32_t stride, const float* values, float scale,
               float* map) {
  HWY_DYNAMIC_DISPATCH(AddLines)(lines, stride, values, scale, map);
}

}  // namespace sumline
#endif
