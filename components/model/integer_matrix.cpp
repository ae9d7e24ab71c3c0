// SPDX-License-Identifier: Apache-2.0
#include "components/model/integer_matrix.hpp"

#include <algorithm>
#include <cstring>

#include "energy/error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/integer_matrix.cpp"
#include "components/model/simd_targets.hpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include "components/model/simd-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
constexpr std::size_t kBlock = IntegerMatrix::kBlock;

#if SUMLINE_X86_VECTORS

using D32 = hn::ScalableTag<std::int32_t>;
using V32 = hn::Vec<D32>;
constexpr std::size_t kLanes = hn::MaxLanes(D32());
constexpr std::size_t kTileRows = HWY_TARGET == HWY_AVX2 ? 4 : 8;
constexpr std::size_t kTileVectors = 2;

/// kRows x kVectors sums in registers, one pair of depths per step.
/// @param codes [kRows, 2 * pairs] @param weights first column of the tile, `kBlock` pairs per step @param
/// sums [kRows][kVectors]
template <std::size_t kRows, std::size_t kVectors>
HWY_INLINE void multiply_tile(const std::int16_t* codes, const std::int16_t* weights, std::size_t pairs,
                              std::int32_t* products, std::size_t stride, std::size_t columns) {
  const D32 d32;
  V32 sums[kRows][kVectors];
  SUMLINE_UNROLL for (std::size_t row = 0; row < kRows; ++row) {
    SUMLINE_UNROLL for (std::size_t vector = 0; vector < kVectors; ++vector) {
      sums[row][vector] = hn::Zero(d32);
    }
  }
  for (std::size_t pair = 0; pair < pairs; ++pair, weights += 2 * kBlock) {
    V32 columns_of[kVectors];
    SUMLINE_UNROLL for (std::size_t vector = 0; vector < kVectors; ++vector) {
      columns_of[vector] = hn::LoadU(d32, reinterpret_cast<const std::int32_t*>(weights) + vector * kLanes);
    }
    SUMLINE_UNROLL for (std::size_t row = 0; row < kRows; ++row) {
      std::int32_t both;
      std::memcpy(&both, codes + 2 * (row * pairs + pair), sizeof both);
      const V32 code = hn::Set(d32, both);
      SUMLINE_UNROLL for (std::size_t vector = 0; vector < kVectors; ++vector) {
        sums[row][vector] = dot_words(sums[row][vector], code, columns_of[vector]);
      }
    }
  }
  SUMLINE_UNROLL for (std::size_t row = 0; row < kRows; ++row) {
    SUMLINE_UNROLL for (std::size_t vector = 0; vector < kVectors; ++vector) {
      std::int32_t* target = products + row * stride + vector * kLanes;
      hn::BlendedStore(sums[row][vector], hn::FirstN(d32, columns - vector * kLanes), d32, target);
    }
  }
}

/// `kRows` input vectors against all columns. @param codes [kRows, 2 * pairs]
template <std::size_t kRows>
void multiply_rows(const IntegerMatrix& weights, const std::int16_t* codes, std::size_t pairs,
                   std::int32_t* products) {
  for (std::size_t column = 0; column < weights.rows();) {
    const std::size_t left = weights.rows() - column;
    const std::int16_t* block =
        weights.packed().data() + 2 * (column / kBlock * pairs * kBlock + column % kBlock);
    if (left > kLanes) {
      multiply_tile<kRows, kTileVectors>(codes, block, pairs, products + column, weights.rows(), left);
      column += std::min(left, kTileVectors * kLanes);
    } else {
      multiply_tile<kRows, 1>(codes, block, pairs, products + column, weights.rows(), left);
      column += left;
    }
  }
}

void widen(const std::uint8_t* codes, std::size_t depth, std::int16_t* wide) {
  const hn::CappedTag<std::int16_t, 16> d16;
  const hn::Rebind<std::uint8_t, decltype(d16)> d8;
  const std::size_t lanes = hn::Lanes(d16);
  if (depth < lanes) {
    std::copy_n(codes, depth, wide);
    return;
  }
  for (std::size_t k = 0; k < depth; k += lanes) {
    const std::size_t begin = std::min(k, depth - lanes);  // the last vector overlaps the one before
    hn::StoreU(hn::PromoteTo(d16, hn::LoadU(d8, codes + begin)), d16, wide + begin);
  }
}

void widen(const std::int16_t* values, std::size_t depth, std::int16_t* wide) {
  std::copy_n(values, depth, wide);
}

template <class Code>
void multiply_all(const IntegerMatrix& weights, const Code* codes, std::size_t count,
                  std::int32_t* products) {
  const std::size_t depth = weights.depth();
  const std::size_t pairs = (depth + 1) / 2;
  std::vector<std::int16_t> wide(std::min(count, kTileRows) * pairs * 2);
  for (std::size_t first = 0; first < count;) {
    const std::size_t rows = count - first >= kTileRows ? kTileRows : 1;
    for (std::size_t row = 0; row < rows; ++row) {
      widen(codes + (first + row) * depth, depth, wide.data() + row * pairs * 2);
    }
    std::int32_t* target = products + first * weights.rows();
    rows == 1 ? multiply_rows<1>(weights, wide.data(), pairs, target)
              : multiply_rows<kTileRows>(weights, wide.data(), pairs, target);
    first += rows;
  }
}

#else

template <class Code>
void multiply_all(const IntegerMatrix& weights, const Code* codes, std::size_t count,
                  std::int32_t* products) {
  const std::size_t pairs = (weights.depth() + 1) / 2;
  std::fill_n(products, count * weights.rows(), 0);
  for (std::size_t m = 0; m < count; ++m, codes += weights.depth(), products += weights.rows()) {
    for (std::size_t n = 0; n < weights.rows(); ++n) {
      const std::int16_t* column = weights.packed().data() + 2 * (n / kBlock * pairs * kBlock + n % kBlock);
      for (std::size_t k = 0; k < weights.depth(); ++k) {
        products[n] += codes[k] * column[k / 2 * 2 * kBlock + k % 2];
      }
    }
  }
}

#endif

void multiply_codes(const IntegerMatrix& weights, const std::uint8_t* codes, std::size_t count,
                    std::int32_t* products) {
  multiply_all(weights, codes, count, products);
}

void multiply_values(const IntegerMatrix& weights, const std::int16_t* values, std::size_t count,
                     std::int32_t* products) {
  multiply_all(weights, values, count, products);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(multiply_codes);
HWY_EXPORT(multiply_values);

IntegerMatrix::IntegerMatrix(std::span<const std::int16_t> values, std::size_t rows, std::size_t depth)
    : rows_(rows), depth_(depth), packed_((rows + kBlock - 1) / kBlock * ((depth + 1) / 2) * kBlock * 2) {
  SUMLINE_ASSERT(values.size() == rows * depth, "an integer matrix needs rows * depth values");
  const std::size_t pairs = (depth + 1) / 2;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t k = 0; k < depth; ++k) {
      packed_[2 * ((row / kBlock * pairs + k / 2) * kBlock + row % kBlock) + k % 2] = values[row * depth + k];
    }
  }
}

void multiply(const IntegerMatrix& weights, std::span<const std::uint8_t> codes, std::size_t count,
              std::span<std::int32_t> products) {
  SUMLINE_ASSERT(codes.size() >= count * weights.depth() && products.size() >= count * weights.rows(),
                 "a product needs [count, depth] codes and room for [count, rows] results");
  HWY_DYNAMIC_DISPATCH(multiply_codes)(weights, codes.data(), count, products.data());
}

void multiply(const IntegerMatrix& weights, std::span<const std::int16_t> values, std::size_t count,
              std::span<std::int32_t> products) {
  SUMLINE_ASSERT(values.size() >= count * weights.depth() && products.size() >= count * weights.rows(),
                 "a product needs [count, depth] values and room for [count, rows] results");
  HWY_DYNAMIC_DISPATCH(multiply_values)(weights, values.data(), count, products.data());
}

}  // namespace sumline
#endif  // HWY_ONCE
