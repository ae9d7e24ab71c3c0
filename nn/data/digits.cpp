// SPDX-License-Identifier: Apache-2.0
#include "nn/data/digits.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <array>

#include "nn/data/glyphs.hpp"

namespace sumline {
namespace {

constexpr std::int32_t kSide = 28;
constexpr std::int64_t kPixel = 256;  // pen positions are in 1/256 pixel
constexpr std::int64_t kOne = 65536;  // fixed-point 1 of the pose
constexpr std::size_t kImageSize = std::size_t{kSide} * kSide;

/// The random numbers of one picture.
class Dice {
 public:
  Dice(std::uint32_t seed, std::uint64_t index)
      : key_{{seed, 0x44494749U}},
        counter_{{0, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32U), 0}} {}

  /// Uniform in low..high, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    const auto range = static_cast<std::uint64_t>(high - low + 1);
    return low + static_cast<std::int64_t>((range * next()) >> 32U);
  }
  /// Bell-shaped around 0: the sum of four uniform numbers, within -width..width.
  std::int64_t around_zero(std::int64_t width) {
    std::int64_t sum = 0;
    for (int i = 0; i < 4; ++i) sum += between(-width, width);
    return sum / 4;
  }
  bool one_in(std::int64_t chances) { return between(1, chances) == 1; }

 private:
  std::uint32_t next() {
    if (used_ == block_.size()) {
      block_ = r123::Philox4x32()(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return block_[used_++];
  }

  r123::Philox4x32::key_type key_;
  r123::Philox4x32::ctr_type counter_;
  r123::Philox4x32::ctr_type block_{};
  std::size_t used_ = 4;
};

/// Position in 1/256 pixel.
struct Point {
  std::int64_t x;
  std::int64_t y;
};

/// Rotation, shear and scale about the middle of the glyph, then a shift.
struct Pose {
  std::array<std::int64_t, 4> matrix;  ///< row major, in 1/65536 of (1/256 pixel per glyph unit)
  Point shift;

  Point place(std::int64_t x, std::int64_t y) const {  // x, y in 1/16 glyph unit
    const std::int64_t dx = x - 16 * 50;
    const std::int64_t dy = y - 16 * 70;
    return {shift.x + (matrix[0] * dx + matrix[1] * dy) / (16 * kOne),
            shift.y + (matrix[2] * dx + matrix[3] * dy) / (16 * kOne)};
  }
};

Pose draw_pose(Dice& dice) {
  // A rotation by angle a without a sine: with t = tan(a/2), cos a = (1-t^2)/(1+t^2) and sin a = 2t/(1+t^2).
  const std::int64_t t = dice.around_zero(kOne / 4);
  const std::int64_t square = t * t / kOne;
  const std::int64_t cosine = (kOne - square) * kOne / (kOne + square);
  const std::int64_t sine = 2 * t * kOne / (kOne + square);
  const std::int64_t shear = dice.around_zero(kOne / 2);
  const std::int64_t width = dice.between(20, 42);  // 1/256 pixel per glyph unit
  const std::int64_t height = dice.between(24, 40);
  return {
      {cosine * width, (cosine * shear / kOne - sine) * height, sine * width,
       (sine * shear / kOne + cosine) * height},
      {kSide * kPixel / 2 + dice.around_zero(3 * kPixel), kSide * kPixel / 2 + dice.around_zero(3 * kPixel)}};
}

constexpr std::int64_t kSteps = 4;  // straight pieces between two points of a stroke

/// One coordinate of a Catmull-Rom curve from b to c, at step/kSteps of the way.
std::int64_t curve(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d, std::int64_t step) {
  return (2 * b * kSteps * kSteps * kSteps + (c - a) * step * kSteps * kSteps +
          (2 * a - 5 * b + 4 * c - d) * step * step * kSteps + (3 * b - a - 3 * c + d) * step * step * step) /
         (2 * kSteps * kSteps * kSteps);
}

/// The stroke's points as a shaky hand places them, joined by smooth curves.
std::vector<Point> trace(const Stroke& stroke, const Pose& pose, std::int64_t shake, Dice& dice) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < stroke.size(); ++i) {
    if (i > 0 && stroke[i] == stroke[i - 1]) {
      points.push_back(points.back());
      continue;
    }
    const std::int64_t x = 16 * stroke[i].x + dice.around_zero(shake);
    points.push_back(pose.place(x, 16 * stroke[i].y + dice.around_zero(shake)));
  }
  std::vector<Point> path{points.front()};
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const Point& a = points[i == 0 ? 0 : i - 1];
    const Point& b = points[i];
    const Point& c = points[i + 1];
    const Point& d = points[std::min(i + 2, points.size() - 1)];
    for (std::int64_t step = 1; step <= kSteps; ++step)
      path.push_back({curve(a.x, b.x, c.x, d.x, step), curve(a.y, b.y, c.y, d.y, step)});
  }
  return path;
}

std::int64_t square_root(std::int64_t value) {
  std::int64_t root = 0;
  for (std::int64_t bit = std::int64_t{1} << 15U; bit > 0; bit >>= 1U)
    if ((root + bit) * (root + bit) <= value) root += bit;
  return root;
}

/// Squared distance of p from the piece a-b.
std::int64_t square_distance(const Point& p, const Point& a, const Point& b) {
  const Point along{b.x - a.x, b.y - a.y};
  const std::int64_t length = along.x * along.x + along.y * along.y;
  const std::int64_t dot = (p.x - a.x) * along.x + (p.y - a.y) * along.y;
  const std::int64_t part = length == 0 ? 0 : std::clamp<std::int64_t>(dot * kOne / length, 0, kOne);
  const std::int64_t dx = p.x - a.x - along.x * part / kOne;
  const std::int64_t dy = p.y - a.y - along.y * part / kOne;
  return dx * dx + dy * dy;
}

/// A picture in the making: how much of each pixel is inked, 0..256.
class Canvas {
 public:
  /// Draws a path with a pen of `radius`, with edges one pixel soft.
  void draw(const std::vector<Point>& path, std::int64_t radius) {
    for (std::size_t i = 0; i + 1 < path.size(); ++i) segment(path[i], path[i + 1], radius);
  }
  std::int64_t ink(std::size_t pixel) const { return ink_[pixel]; }

 private:
  void segment(const Point& a, const Point& b, std::int64_t radius) {
    const std::int64_t reach = radius + kPixel / 2;
    const auto pixel = [](std::int64_t at) { return std::clamp<std::int64_t>(at / kPixel, 0, kSide - 1); };
    const std::int64_t left = pixel(std::min(a.x, b.x) - reach);
    const std::int64_t right = pixel(std::max(a.x, b.x) + reach);
    const std::int64_t bottom = pixel(std::max(a.y, b.y) + reach);
    for (std::int64_t y = pixel(std::min(a.y, b.y) - reach); y <= bottom; ++y)
      for (std::int64_t x = left; x <= right; ++x) {
        const Point middle{x * kPixel + kPixel / 2, y * kPixel + kPixel / 2};
        const std::int64_t square = square_distance(middle, a, b);
        if (square >= reach * reach) continue;
        std::int64_t& ink = ink_[static_cast<std::size_t>(y * kSide + x)];
        ink = std::max(ink, std::min(reach - square_root(square), kPixel));
      }
  }

  std::array<std::int64_t, kImageSize> ink_{};
};

/// A stray mark of the pen near the border.
void draw_clutter(Canvas& canvas, Dice& dice) {
  const std::int64_t side = kSide * kPixel;
  const bool upright = dice.one_in(2);
  const std::int64_t across = dice.one_in(2) ? dice.between(0, side / 8) : dice.between(side * 7 / 8, side);
  const std::int64_t start = dice.between(0, side);
  const std::int64_t end = start + dice.around_zero(side / 2);
  const std::int64_t bend = across + dice.around_zero(2 * kPixel);
  const Point a = upright ? Point{across, start} : Point{start, across};
  const Point b = upright ? Point{bend, end} : Point{end, bend};
  canvas.draw({a, b}, dice.between(kPixel / 2, kPixel));
}

void draw_digit(std::uint32_t digit, Dice& dice, std::uint8_t* pixels) {
  const std::span<const Glyph> ways = glyphs(digit);
  const Glyph& glyph =
      ways[static_cast<std::size_t>(dice.between(0, static_cast<std::int64_t>(ways.size()) - 1))];
  const Pose pose = draw_pose(dice);
  const std::int64_t radius = dice.between(kPixel * 6 / 10, kPixel * 17 / 10);
  const std::int64_t shake = dice.between(16 * 8, 16 * 38);
  Canvas canvas;
  for (const Stroke& stroke : glyph) canvas.draw(trace(stroke, pose, shake, dice), radius);
  if (dice.one_in(2)) draw_clutter(canvas, dice);

  const std::int64_t ink = dice.between(120, 255);
  const std::int64_t noise = dice.between(0, 80);
  for (std::size_t i = 0; i < kImageSize; ++i)
    pixels[i] = static_cast<std::uint8_t>(
        std::clamp<std::int64_t>(ink * canvas.ink(i) / kPixel + dice.around_zero(noise), 0, 255));
}

}  // namespace

Images generate_digits(std::uint32_t seed, std::uint64_t first, std::size_t count) {
  Images images{
      1, kSide, kSide, 10, std::vector<std::uint8_t>(count * kImageSize), std::vector<std::uint8_t>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    Dice dice(seed, first + i);
    images.labels[i] = static_cast<std::uint8_t>(dice.between(0, 9));
    draw_digit(images.labels[i], dice, images.pixels.data() + i * kImageSize);
  }
  return images;
}

}  // namespace sumline
