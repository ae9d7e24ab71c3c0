// SPDX-License-Identifier: Apache-2.0
#include "nn/quantizers/kernels.hpp"

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

}  // namespace sumline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(HwgqForward);
HWY_EXPORT(HwgqBackward);
HWY_EXPORT(MidRiseForward);

void hwgq_forward(const float* x, float* y, std::size_t count, float step, float clip) {
  HWY_DYNAMIC_DISPATCH(HwgqForward)(x, y, count, step, clip);
}

void hwgq_backward(const float* x, const float* g, float* gx, std::size_t count, float clip) {
  HWY_DYNAMIC_DISPATCH(HwgqBackward)(x, g, gx, count, clip);
}

void mid_rise_forward(const float* x, float* y, std::size_t count, float step, float limit) {
  HWY_DYNAMIC_DISPATCH(MidRiseForward)(x, y, count, step, limit);
}

}  // namespace sumline
#endif
