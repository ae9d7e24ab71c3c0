// SPDX-License-Identifier: Apache-2.0
#include "nn/quantizers/kernels.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "nn/quantizers/kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sumline::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Calls transform(index, lanes tag) over full vectors, then single lanes.
template <typename Transform>
HWY_INLINE void for_each_lane(std::size_t count, const Transform& transform) {
  const hn::ScalableTag<float> wide;
  const hn::CappedTag<float, 1> single;
  const std::size_t lanes = hn::Lanes(wide);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) transform(i, wide);
  for (; i < count; ++i) transform(i, single);
}

// Comparisons instead of Min and Max, which would swallow a NaN.
template <class Tag, class Vector = hn::Vec<Tag>>
HWY_INLINE Vector clamp(Tag, Vector x, Vector low, Vector high) {
  return hn::IfThenElse(hn::Lt(x, low), low, hn::IfThenElse(hn::Gt(x, high), high, x));
}

void HwgqForward(const float* x, float* y, std::size_t count, float step, float clip) {
  for_each_lane(count, [=](std::size_t i, auto tag) HWY_ATTR {
    const auto clipped = clamp(tag, hn::LoadU(tag, x + i), hn::Zero(tag), hn::Set(tag, clip));
    const auto steps = hn::Set(tag, step);
    hn::StoreU(hn::Mul(hn::Round(hn::Div(clipped, steps)), steps), tag, y + i);
  });
}

void HwgqBackward(const float* x, const float* g, float* gx, std::size_t count, float clip) {
  for_each_lane(count, [=](std::size_t i, auto tag) HWY_ATTR {
    const auto v = hn::LoadU(tag, x + i);
    const auto passes = hn::And(hn::Ge(v, hn::Zero(tag)), hn::Le(v, hn::Set(tag, clip)));
    hn::StoreU(hn::IfThenElseZero(passes, hn::LoadU(tag, g + i)), tag, gx + i);
  });
}

void MidRiseForward(const float* x, float* y, std::size_t count, float step, float limit) {
  for_each_lane(count, [=](std::size_t i, auto tag) HWY_ATTR {
    const auto half = hn::Set(tag, 0.5f);
    const auto steps = hn::Set(tag, step);
    const auto level = hn::Sub(hn::Round(hn::Add(hn::Div(hn::LoadU(tag, x + i), steps), half)), half);
    const auto top = hn::Set(tag, limit);
    hn::StoreU(clamp(tag, hn::Mul(level, steps), hn::Neg(top), top), tag, y + i);
  });
}

void ClampForward(const float* x, float* y, std::size_t count, float clip) {
  for_each_lane(count, [=](std::size_t i, auto tag) HWY_ATTR {
    hn::StoreU(clamp(tag, hn::LoadU(tag, x + i), hn::Zero(tag), hn::Set(tag, clip)), tag, y + i);
  });
}

template <class Tag, class Vector = hn::Vec<Tag>>
HWY_INLINE Vector uint_code(Tag tag, Vector x, float min, float scale, float top) {
  const auto fraction = hn::Div(hn::Sub(x, hn::Set(tag, min)), hn::Set(tag, scale));
  return hn::Round(hn::Mul(clamp(tag, fraction, hn::Zero(tag), hn::Set(tag, 1.0f)), hn::Set(tag, top)));
}

void UintEncode(const float* x, std::uint8_t* codes, std::size_t count, float min, float scale, float top) {
  for_each_lane(count, [=](std::size_t i, auto tag) HWY_ATTR {
    const hn::Rebind<std::int32_t, decltype(tag)> tag32;
    const hn::Rebind<std::uint8_t, decltype(tag)> tag8;
    const auto code = hn::ConvertTo(tag32, uint_code(tag, hn::LoadU(tag, x + i), min, scale, top));
    hn::StoreU(hn::DemoteTo(tag8, code), tag8, codes + i);
  });
}

void UintForward(const float* x, float* y, std::size_t count, float min, float scale, float top) {
  for_each_lane(count, [=](std::size_t i, auto tag) HWY_ATTR {
    const auto fraction = hn::Div(uint_code(tag, hn::LoadU(tag, x + i), min, scale, top), hn::Set(tag, top));
    hn::StoreU(hn::Add(hn::Mul(fraction, hn::Set(tag, scale)), hn::Set(tag, min)), tag, y + i);
  });
}

Extremes FindExtremes(const float* x, std::size_t count) {
  const hn::CappedTag<float, 16> wide;
  const std::size_t lanes = hn::Lanes(wide);
  Extremes all{x[0], x[0]};
  float nan = 0;
  std::size_t i = 0;
  if (count >= lanes) {
    auto low = hn::LoadU(wide, x), high = low, sum = hn::Zero(wide);
    for (; i + lanes <= count; i += lanes) {
      const auto v = hn::LoadU(wide, x + i);
      low = hn::Min(low, v);
      high = hn::Max(high, v);
      sum = hn::Add(sum, hn::Sub(v, v));  // NaN for NaN and infinities, else 0
    }
    all = {hn::GetLane(hn::MinOfLanes(wide, low)), hn::GetLane(hn::MaxOfLanes(wide, high))};
    nan = hn::GetLane(hn::SumOfLanes(wide, sum));
  }
  for (; i < count; ++i) {
    all = {std::min(all.low, x[i]), std::max(all.high, x[i])};
    nan += x[i] - x[i];
  }
  return {all.low + nan, all.high + nan};
}

double SumAbove(const float* x, const float* g, std::size_t count, float clip) {
  // A fixed number of partial sums, whatever the vector length: the same bits on every target.
  constexpr std::size_t kSums = 16;
  double sums[kSums] = {};
  std::size_t i = 0;
  for (; i + kSums <= count; i += kSums) {
    for (std::size_t s = 0; s < kSums; ++s) sums[s] += x[i + s] > clip ? static_cast<double>(g[i + s]) : 0.0;
  }
  for (; i < count; ++i) sums[0] += x[i] > clip ? static_cast<double>(g[i]) : 0.0;
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace sumline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(HwgqForward);
HWY_EXPORT(HwgqBackward);
HWY_EXPORT(MidRiseForward);
HWY_EXPORT(ClampForward);
HWY_EXPORT(UintEncode);
HWY_EXPORT(UintForward);
HWY_EXPORT(FindExtremes);
HWY_EXPORT(SumAbove);

void hwgq_forward(const float* x, float* y, std::size_t count, float step, float clip) {
  HWY_DYNAMIC_DISPATCH(HwgqForward)(x, y, count, step, clip);
}

void hwgq_backward(const float* x, const float* g, float* gx, std::size_t count, float clip) {
  HWY_DYNAMIC_DISPATCH(HwgqBackward)(x, g, gx, count, clip);
}

void mid_rise_forward(const float* x, float* y, std::size_t count, float step, float limit) {
  HWY_DYNAMIC_DISPATCH(MidRiseForward)(x, y, count, step, limit);
}

void clamp_forward(const float* x, float* y, std::size_t count, float clip) {
  HWY_DYNAMIC_DISPATCH(ClampForward)(x, y, count, clip);
}

void uint_encode(const float* x, std::uint8_t* codes, std::size_t count, float min, float scale, float top) {
  HWY_DYNAMIC_DISPATCH(UintEncode)(x, codes, count, min, scale, top);
}

void uint_forward(const float* x, float* y, std::size_t count, float min, float scale, float top) {
  HWY_DYNAMIC_DISPATCH(UintForward)(x, y, count, min, scale, top);
}

Extremes find_extremes(const float* x, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(FindExtremes)(x, count);
}

double sum_above(const float* x, const float* g, std::size_t count, float clip) {
  return HWY_DYNAMIC_DISPATCH(SumAbove)(x, g, count, clip);
}

}  // namespace sumline
#endif
