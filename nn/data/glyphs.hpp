// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sumline {

/// A point of a glyph: x 0..100 to the right, y 0..140 downwards.
struct GlyphPoint {
  std::int32_t x;
  std::int32_t y;
  bool operator==(const GlyphPoint&) const = default;
};

/// One pen movement through its points; a point given twice is a corner, all others are rounded.
using Stroke = std::vector<GlyphPoint>;
using Glyph = std::vector<Stroke>;

/// The ways people write `digit`, 0..9.
std::span<const Glyph> glyphs(std::uint32_t digit);

}  // namespace sumline
