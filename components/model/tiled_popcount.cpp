// SPDX-License-Identifier: Apache-2.0
#include "components/model/tiled_popcount.hpp"

#include <algorithm>
#include <functional>

#include "components/model/simd_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/tiled_popcount.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sumline::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using SumTag = hn::ScalableTag<std::int32_t>;
using WordTag = hn::RebindToUnsigned<SumTag>;
using RealTag = hn::RebindToFloat<SumTag>;
using Sums = hn::Vec<SumTag>;
using Reals = hn::Vec<RealTag>;

// Positions of set bits that disagree, counted over the words of one tile and one digit pair.
HWY_INLINE Sums disagreements(const std::uint32_t* lane, const std::uint32_t* scalar,
                              const std::uint32_t* driven, std::size_t words, std::size_t stride) {
  const WordTag tag;
  auto count = hn::Zero(tag);
  for (std::size_t w = 0; w < words; ++w) {
    const auto differ = hn::Xor(hn::LoadU(tag, lane + w * stride), hn::Set(tag, scalar[w]));
    count = hn::Add(count, hn::PopulationCount(hn::And(differ, hn::LoadU(tag, driven + w * stride))));
  }
  return hn::BitCast(SumTag(), count);
}

// The sums of one tile for the lanes at n.
template <bool kOneDigit>
HWY_INLINE Sums tile_sum(const TiledProduct& p, std::size_t tile, std::size_t m, std::size_t n) {
  const SumTag tag;
  const std::size_t words = p.tiling.words();
  const std::size_t stride = p.lanes.stride;
  const std::size_t lane_digits = p.lane_digits.weights.size();
  const std::size_t scalar_digits = p.scalar_digits.weights.size();
  const std::size_t tiles = p.tiling.tiles();
  const std::uint32_t* lane = p.lanes.digits.data() + tile * lane_digits * words * stride + n;
  const std::uint32_t* scalar = p.scalars.digits.data() + (m * tiles + tile) * scalar_digits * words;
  const std::uint32_t* driven = p.driven.rows.data() + n;
  const auto active = hn::LoadU(tag, p.driven.counts.data() + (tile + 1 == tiles ? stride : 0) + n);
  if constexpr (kOneDigit) {
    const Sums differ = disagreements(lane, scalar, driven, words, stride);
    return hn::Sub(active, hn::Add(differ, differ));
  }
  Sums sum = hn::Zero(tag);
  for (std::size_t a = 0; a < scalar_digits; ++a) {
    for (std::size_t b = 0; b < lane_digits; ++b) {
      const Sums differ = disagreements(lane + b * words * stride, scalar + a * words, driven, words, stride);
      const auto weight = hn::Set(tag, p.scalar_digits.weights[a] * p.lane_digits.weights[b]);
      sum = hn::Add(sum, hn::Mul(weight, hn::Sub(active, hn::Add(differ, differ))));
    }
  }
  return sum;
}

HWY_INLINE void store(Reals value, float* target, std::size_t left) {
  const RealTag tag;
  if (left >= hn::Lanes(tag)) {
    hn::StoreU(value, tag, target);
  } else {
    hn::BlendedStore(value, hn::FirstN(tag, left), tag, target);
  }
}

// Any table.
struct TableReadout {
  const float* centre;
  explicit TableReadout(const SumTable& table) : centre(table.values.data() + table.max_sum) {}
  HWY_INLINE Reals operator()(Sums sum) const { return hn::GatherIndex(RealTag(), centre, sum); }
};

// A table of two levels, as of a sense amplifier: one comparison instead of memory accesses.
struct StepReadout {
  std::int32_t last_low;
  float low;
  float high;
  HWY_INLINE Reals operator()(Sums sum) const {
    const RealTag tag;
    const auto above = hn::Gt(sum, hn::Set(SumTag(), last_low));
    return hn::IfThenElse(hn::RebindMask(tag, above), hn::Set(tag, high), hn::Set(tag, low));
  }
};

template <bool kOneDigit, class Readout>
void read_out_lanes(const TiledProduct& p, ScalarRange range, const Readout& readout, float* y) {
  const RealTag tag;
  const std::size_t count = p.lanes.count;
  const std::size_t tiles = p.tiling.tiles();
  for (std::size_t n = 0; n < count; n += hn::Lanes(tag)) {
    for (std::size_t m = range.begin; m < range.end; ++m) {
      Reals sum = hn::Zero(tag);
      for (std::size_t t = 0; t < tiles; ++t) {
        sum = hn::Add(sum, readout(tile_sum<kOneDigit>(p, t, m, n)));
      }
      store(sum, y + m * count + n, count - n);
    }
  }
}

template <bool kOneDigit>
void scale_lanes(const TiledProduct& p, std::size_t tile, ScalarRange range, const SumTable& table,
                 const float* g, float* z, std::size_t stride) {
  const RealTag tag;
  const std::size_t count = p.lanes.count;
  const TableReadout slope_of(table);
  for (std::size_t m = range.begin; m < range.end; ++m) {
    float* target = z + (m - range.begin) * stride;
    for (std::size_t n = 0; n < count; n += hn::Lanes(tag)) {
      const auto gradient = hn::MaskedLoad(hn::FirstN(tag, count - n), tag, g + m * count + n);
      const auto slope = slope_of(tile_sum<kOneDigit>(p, tile, m, n));
      store(hn::Mul(gradient, slope), target + n, count - n);
    }
  }
}

template <class Readout>
void ReadOutThrough(const TiledProduct& p, ScalarRange range, const Readout& readout, float* y) {
  const bool one_digit = p.lane_digits.denominator == 1 && p.scalar_digits.denominator == 1;
  one_digit ? read_out_lanes<true>(p, range, readout, y) : read_out_lanes<false>(p, range, readout, y);
}

void ReadOut(const TiledProduct& p, ScalarRange range, const SumTable& table, float* y) {
  const auto& values = table.values;
  const auto step = std::adjacent_find(values.begin(), values.end(), std::not_equal_to<>());
  const auto high = step == values.end() ? step : step + 1;
  if (high != values.end() && std::all_of(high, values.end(), [&](float v) { return v == *high; })) {
    const auto last_low = static_cast<std::int32_t>(step - values.begin()) - table.max_sum;
    ReadOutThrough(p, range, StepReadout{last_low, *step, *high}, y);
  } else {
    ReadOutThrough(p, range, TableReadout(table), y);
  }
}

void ScaleBySlope(const TiledProduct& p, std::size_t tile, ScalarRange range, const SumTable& table,
                  const float* g, float* z, std::size_t stride) {
  const bool one_digit = p.lane_digits.denominator == 1 && p.scalar_digits.denominator == 1;
  one_digit ? scale_lanes<true>(p, tile, range, table, g, z, stride)
            : scale_lanes<false>(p, tile, range, table, g, z, stride);
}

}  // namespace sumline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(ReadOut);
HWY_EXPORT(ScaleBySlope);

void read_out(const TiledProduct& product, ScalarRange range, const SumTable& table, float* y) {
  HWY_DYNAMIC_DISPATCH(ReadOut)(product, range, table, y);
}

void scale_by_slope(const TiledProduct& product, std::size_t tile, ScalarRange range, const SumTable& table,
                    const float* g, float* z, std::size_t stride) {
  HWY_DYNAMIC_DISPATCH(ScaleBySlope)(product, tile, range, table, g, z, stride);
}

}  // namespace sumline
#endif
