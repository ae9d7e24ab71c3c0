// SPDX-License-Identifier: Apache-2.0
#include "components/model/tiled_popcount.hpp"

#include <algorithm>
#include <functional>
#include <span>

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

// The sums of a tile. Holds by value what the product refers to: vectors may be stored over anything, so that
// the compiler would fetch it anew for each.
template <bool kOneDigit>
class TileSums {
 public:
  explicit TileSums(const TiledProduct& p)
      : words_(p.tiling.words()),
        stride_(p.lanes.stride),
        tiles_(p.tiling.tiles()),
        lane_(p.lanes.digits.data()),
        scalar_(p.scalars.digits.data()),
        driven_(p.driven.rows.data()),
        active_(p.driven.counts.data()),
        lane_weights_(p.lane_digits.weights),
        scalar_weights_(p.scalar_digits.weights) {}

  // For the lanes at n.
  HWY_INLINE Sums operator()(std::size_t tile, std::size_t m, std::size_t n) const {
    const SumTag tag;
    const std::size_t lane_digits = kOneDigit ? 1 : lane_weights_.size();
    const std::size_t scalar_digits = kOneDigit ? 1 : scalar_weights_.size();
    const std::uint32_t* lane = lane_ + tile * lane_digits * words_ * stride_ + n;
    const std::uint32_t* scalar = scalar_ + (m * tiles_ + tile) * scalar_digits * words_;
    const auto active = hn::LoadU(tag, active_ + (tile + 1 == tiles_ ? stride_ : 0) + n);
    if constexpr (kOneDigit) {
      const Sums differ = disagreements(lane, scalar, n);
      return hn::Sub(active, hn::Add(differ, differ));
    }
    Sums sum = hn::Zero(tag);
    for (std::size_t a = 0; a < scalar_digits; ++a) {
      for (std::size_t b = 0; b < lane_digits; ++b) {
        const Sums differ = disagreements(lane + b * words_ * stride_, scalar + a * words_, n);
        const auto weight = hn::Set(tag, scalar_weights_[a] * lane_weights_[b]);
        sum = hn::Add(sum, hn::Mul(weight, hn::Sub(active, hn::Add(differ, differ))));
      }
    }
    return sum;
  }

 private:
  // Positions of set bits that disagree, counted over the words of one tile and one digit pair.
  HWY_INLINE Sums disagreements(const std::uint32_t* lane, const std::uint32_t* scalar, std::size_t n) const {
    const WordTag tag;
    auto count = hn::Zero(tag);
    for (std::size_t w = 0; w < words_; ++w) {
      const auto differ = hn::Xor(hn::LoadU(tag, lane + w * stride_), hn::Set(tag, scalar[w]));
      const auto driven = hn::LoadU(tag, driven_ + w * stride_ + n);
      count = hn::Add(count, hn::PopulationCount(hn::And(differ, driven)));
    }
    return hn::BitCast(SumTag(), count);
  }

  const std::size_t words_;
  const std::size_t stride_;
  const std::size_t tiles_;
  const std::uint32_t* const lane_;
  const std::uint32_t* const scalar_;
  const std::uint32_t* const driven_;
  const std::int32_t* const active_;
  const std::span<const std::int32_t> lane_weights_;
  const std::span<const std::int32_t> scalar_weights_;
};

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
  const TileSums<kOneDigit> sum_of(p);
  for (std::size_t n = 0; n < count; n += hn::Lanes(tag)) {
    for (std::size_t m = range.begin; m < range.end; ++m) {
      Reals sum = hn::Zero(tag);
      for (std::size_t t = 0; t < tiles; ++t) {
        sum = hn::Add(sum, readout(sum_of(t, m, n)));
      }
      store(sum, y + m * count + n, count - n);
    }
  }
}

template <bool kOneDigit>
void scale_lanes(const TiledProduct& p, std::size_t tile, ScalarRange scalars, LaneRange lanes,
                 const SumTable& table, const float* g, float* z, std::size_t stride) {
  const RealTag tag;
  const std::size_t count = p.lanes.count;
  const TableReadout slope_of(table);
  const TileSums<kOneDigit> sum_of(p);
  for (std::size_t m = scalars.begin; m < scalars.end; ++m, z += stride) {
    for (std::size_t n = lanes.begin; n < lanes.end; n += hn::Lanes(tag)) {
      const auto gradient = hn::MaskedLoad(hn::FirstN(tag, lanes.end - n), tag, g + m * count + n);
      const auto slope = slope_of(sum_of(tile, m, n));
      store(hn::Mul(gradient, slope), z + (n - lanes.begin), lanes.end - n);
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

void ScaleBySlope(const TiledProduct& p, std::size_t tile, ScalarRange scalars, LaneRange lanes,
                  const SumTable& table, const float* g, float* z, std::size_t stride) {
  const bool one_digit = p.lane_digits.denominator == 1 && p.scalar_digits.denominator == 1;
  one_digit ? scale_lanes<true>(p, tile, scalars, lanes, table, g, z, stride)
            : scale_lanes<false>(p, tile, scalars, lanes, table, g, z, stride);
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

void scale_by_slope(const TiledProduct& product, std::size_t tile, ScalarRange scalars, LaneRange lanes,
                    const SumTable& table, const float* g, float* z, std::size_t stride) {
  HWY_DYNAMIC_DISPATCH(ScaleBySlope)(product, tile, scalars, lanes, table, g, z, stride);
}

}  // namespace sumline
#endif
