// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_kernels.hpp"

#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/pac_kernels.cpp"
#include "components/model/simd_targets.hpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include "components/model/simd-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

#if SUMLINE_X86_VECTORS

constexpr std::size_t kLanes = hn::MaxLanes(hn::ScalableTag<std::int32_t>());
constexpr std::size_t kAccumulators = HWY_TARGET == HWY_AVX2 ? 8 : 24;

// sums[lane] += sum of the four products of w's unsigned and x's signed bytes in the lane.
HWY_INLINE Vec32 dot_bytes(Vec32 sums, Vec32 w, Vec32 x) {
#if HWY_TARGET == HWY_AVX3_DL
  asm("vpdpbusd %2, %1, %0" : "+v"(sums.raw) : "v"(w.raw), "v"(x.raw));
  return sums;
#else
  const hn::ScalableTag<std::int32_t> d;
  const hn::ScalableTag<std::int16_t> d16;
  const auto low = hn::Set(d, 0x00FF00FF);
  const auto x_even = hn::BitCast(d, hn::ShiftRight<8>(hn::ShiftLeft<8>(hn::BitCast(d16, x))));
  const auto x_odd = hn::BitCast(d, hn::ShiftRight<8>(hn::BitCast(d16, x)));
  sums = dot_words(sums, hn::And(w, low), x_even);
  return dot_words(sums, hn::And(hn::ShiftRight<8>(w), low), x_odd);
#endif
}

HWY_INLINE std::int32_t load_quad(const std::int8_t* digits) {
  std::int32_t quad;
  std::memcpy(&quad, digits, sizeof quad);
  return quad;
}

// kRows windows against kVectors vectors of outputs, from output `first` on; sums stay in registers.
template <std::size_t kRows, std::size_t kVectors>
HWY_INLINE void tile(const PackedWeights& weights, std::size_t first, std::uint8_t mask, std::uint32_t shift,
                     const std::int8_t* const* digits, std::int32_t* const* products) {
  const hn::ScalableTag<std::int32_t> d;
  const std::uint8_t* lane[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) {
    const std::size_t output = first + v * kLanes;
    lane[v] = weights.codes + (output / kOutputBlock) * weights.quads * 4 * kOutputBlock +
              output % kOutputBlock * 4;
  }
  const auto masks = hn::Set(d, static_cast<std::int32_t>(mask * 0x01010101U));
  Vec32 sums[kRows][kVectors];
  for (auto& row : sums) {
    for (auto& sum : row) sum = hn::Zero(d);
  }
  for (std::size_t quad = 0; quad < weights.quads; ++quad) {
    Vec32 w[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) {
      w[v] = hn::And(hn::LoadU(d, reinterpret_cast<const std::int32_t*>(lane[v] + quad * 4 * kOutputBlock)),
                     masks);
    }
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto x = hn::Set(d, load_quad(digits[r] + quad * 4));
      for (std::size_t v = 0; v < kVectors; ++v) sums[r][v] = dot_bytes(sums[r][v], w[v], x);
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      std::int32_t* target = products[r] + first + v * kLanes;
      const auto weighted = hn::ShiftLeftSame(sums[r][v], static_cast<int>(shift));
      hn::StoreU(hn::Add(hn::LoadU(d, target), weighted), d, target);
    }
  }
}

// The last windows, `left` of them, at most kRows.
template <std::size_t kRows, std::size_t kVectors>
HWY_INLINE void last_rows(std::size_t left, const PackedWeights& weights, std::size_t first,
                          std::uint8_t mask, std::uint32_t shift, const std::int8_t* const* digits,
                          std::int32_t* const* products) {
  if constexpr (kRows > 0) {
    if (left == kRows) return tile<kRows, kVectors>(weights, first, mask, shift, digits, products);
    last_rows<kRows - 1, kVectors>(left, weights, first, mask, shift, digits, products);
  }
}

template <std::size_t kVectors>
HWY_INLINE std::size_t strips(const PackedWeights& weights, std::size_t first, std::uint8_t mask,
                              std::uint32_t shift, std::span<const std::int8_t* const> digits,
                              std::int32_t* const* products) {
  constexpr std::size_t kRows = HWY_MIN(kAccumulators / kVectors, std::size_t{8});
  const std::size_t outputs = weights.blocks * kOutputBlock;
  for (; first + kVectors * kLanes <= outputs; first += kVectors * kLanes) {
    std::size_t r = 0;
    for (; r + kRows <= digits.size(); r += kRows) {
      tile<kRows, kVectors>(weights, first, mask, shift, digits.data() + r, products + r);
    }
    last_rows<kRows - 1, kVectors>(digits.size() - r, weights, first, mask, shift, digits.data() + r,
                                   products + r);
  }
  return first;
}

void add_all(const PackedWeights& weights, std::uint8_t mask, std::uint32_t shift,
             std::span<const std::int8_t* const> digits, std::int32_t* const* products) {
  std::size_t first = strips<4>(weights, 0, mask, shift, digits, products);
  first = strips<2>(weights, first, mask, shift, digits, products);
  strips<1>(weights, first, mask, shift, digits, products);
}

void extract_all(const std::uint8_t* codes, std::int8_t* digits, std::size_t count, std::uint8_t mask,
                 std::uint32_t shift, std::uint8_t offset) {
  const hn::ScalableTag<std::uint8_t> d;
  const hn::ScalableTag<std::uint16_t> d16;
  // The mask has no bits below `shift`, so shifting pairs of bytes moves nothing across their border.
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    const auto kept = hn::And(hn::LoadU(d, codes + i), hn::Set(d, mask));
    const auto digit = hn::BitCast(d, hn::ShiftRightSame(hn::BitCast(d16, kept), static_cast<int>(shift)));
    hn::StoreU(hn::Sub(digit, hn::Set(d, offset)), d, reinterpret_cast<std::uint8_t*>(digits) + i);
  }
}

std::uint64_t sum_all(const std::uint8_t* codes, std::size_t count, std::uint8_t mask) {
  const hn::ScalableTag<std::uint8_t> d;
  const hn::ScalableTag<std::uint64_t> d64;
  auto sums = hn::Zero(d64);
  for (std::size_t i = 0; i < count; i += hn::Lanes(d)) {
    sums = hn::Add(sums, hn::SumsOf8(hn::And(hn::LoadU(d, codes + i), hn::Set(d, mask))));
  }
  return hn::GetLane(hn::SumOfLanes(d64, sums));
}

#else

void add_all(const PackedWeights& weights, std::uint8_t mask, std::uint32_t shift,
             std::span<const std::int8_t* const> digits, std::int32_t* const* products) {
  for (std::size_t r = 0; r < digits.size(); ++r) {
    for (std::size_t o = 0; o < weights.blocks * kOutputBlock; ++o) {
      const std::uint8_t* codes =
          weights.codes + o / kOutputBlock * weights.quads * 4 * kOutputBlock + o % kOutputBlock * 4;
      std::int32_t sum = 0;
      for (std::size_t k = 0; k < weights.quads * 4; ++k) {
        sum += (codes[k / 4 * 4 * kOutputBlock + k % 4] & mask) * digits[r][k];
      }
      products[r][o] += sum * (std::int32_t{1} << shift);
    }
  }
}

void extract_all(const std::uint8_t* codes, std::int8_t* digits, std::size_t count, std::uint8_t mask,
                 std::uint32_t shift, std::uint8_t offset) {
  for (std::size_t i = 0; i < count; ++i) {
    digits[i] = static_cast<std::int8_t>(((codes[i] & mask) >> shift) - offset);
  }
}

std::uint64_t sum_all(const std::uint8_t* codes, std::size_t count, std::uint8_t mask) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += codes[i] & mask;
  return sum;
}

#endif

// Calls body(index, tag) over full vectors, then single lanes.
template <typename Body>
HWY_INLINE void for_each_double(std::size_t count, const Body& body) {
  const hn::ScalableTag<double> wide;
  const hn::CappedTag<double, 1> single;
  std::size_t i = 0;
  for (; i + hn::Lanes(wide) <= count; i += hn::Lanes(wide)) body(i, wide);
  for (; i < count; ++i) body(i, single);
}

template <typename D>
HWY_INLINE hn::Vec<D> scaled_sum(D d, const double* const* values, const double* factors, std::size_t terms,
                                 std::size_t i) {
  auto sum = hn::Mul(hn::LoadU(d, values[0] + i), hn::Set(d, factors[0]));
  for (std::size_t t = 1; t < terms; ++t) {
    sum = hn::MulAdd(hn::LoadU(d, values[t] + i), hn::Set(d, factors[t]), sum);
  }
  return sum;
}

void sum_scaled_all(const double* const* values, const double* factors, std::size_t terms, double* sums,
                    std::size_t count) {
  for_each_double(count, [=](std::size_t i, auto d)
                             HWY_ATTR { hn::StoreU(scaled_sum(d, values, factors, terms, i), d, sums + i); });
}

void scaled_all(const double* values, double factor, double* sums, std::size_t count) {
  for_each_double(count, [=](std::size_t i, auto d) HWY_ATTR {
    const auto product = hn::Mul(hn::LoadU(d, values + i), hn::Set(d, factor));
    hn::StoreU(hn::Add(hn::LoadU(d, sums + i), product), d, sums + i);
  });
}

void quotients_all(const double* const* values, const double* factors, std::size_t terms, double divisor,
                   std::int32_t* products, std::size_t count) {
  const double reciprocal = 1 / divisor;
  for_each_double(count, [=](std::size_t i, auto d) HWY_ATTR {
    const hn::Rebind<std::int32_t, decltype(d)> d32;
    // Multiplied by the reciprocal, a quotient misses by less than one; the remainder, an exact integer, tells.
    const auto numerator = scaled_sum(d, values, factors, terms, i);
    const auto estimate = hn::Floor(hn::MulAdd(numerator, hn::Set(d, reciprocal), hn::Set(d, 0.5)));
    const auto remainder = hn::NegMulAdd(estimate, hn::Set(d, divisor), numerator);
    const auto one = hn::Set(d, 1.0);
    const auto more = hn::IfThenElseZero(hn::Ge(remainder, hn::Set(d, divisor / 2)), one);
    const auto less = hn::IfThenElseZero(hn::Lt(remainder, hn::Set(d, -divisor / 2)), one);
    const auto rounded = hn::Sub(hn::Add(estimate, more), less);
    hn::StoreU(hn::Add(hn::LoadU(d32, products + i), hn::DemoteTo(d32, rounded)), d32, products + i);
  });
}

void finish_all(const std::int32_t* exact, const double* approximate, double scale, const double* offset,
                double constant, float* results, std::size_t count) {
  for_each_double(count, [=](std::size_t i, auto d) HWY_ATTR {
    const hn::Rebind<std::int32_t, decltype(d)> d32;
    const hn::Rebind<float, decltype(d)> f32;
    const auto product = hn::Add(hn::PromoteTo(d, hn::LoadU(d32, exact + i)), hn::LoadU(d, approximate + i));
    const auto scaled = hn::Add(hn::Mul(product, hn::Set(d, scale)), hn::LoadU(d, offset + i));
    hn::StoreU(hn::DemoteTo(f32, hn::Add(scaled, hn::Set(d, constant))), f32, results + i);
  });
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(add_all);
HWY_EXPORT(extract_all);
HWY_EXPORT(sum_all);
HWY_EXPORT(sum_scaled_all);
HWY_EXPORT(scaled_all);
HWY_EXPORT(quotients_all);
HWY_EXPORT(finish_all);

std::vector<std::uint8_t> pack_weights(std::span<const std::uint8_t> codes, std::size_t outputs,
                                       std::size_t rows) {
  const std::size_t quads = (rows + 3) / 4;
  const std::size_t blocks = (outputs + kOutputBlock - 1) / kOutputBlock;
  std::vector<std::uint8_t> packed(blocks * kOutputBlock * quads * 4, 0);
  for (std::size_t o = 0; o < outputs; ++o) {
    const std::uint8_t* source = codes.data() + o * rows;
    std::uint8_t* target =
        packed.data() + (o / kOutputBlock) * quads * 4 * kOutputBlock + o % kOutputBlock * 4;
    for (std::size_t k = 0; k < rows; ++k) target[k / 4 * 4 * kOutputBlock + k % 4] = source[k];
  }
  return packed;
}

void add_digit_products(const PackedWeights& weights, std::uint8_t mask, std::uint32_t shift,
                        std::span<const std::int8_t* const> digits, std::int32_t* const* products) {
  HWY_DYNAMIC_DISPATCH(add_all)(weights, mask, shift, digits, products);
}

void extract_digits(const std::uint8_t* codes, std::int8_t* digits, std::size_t count, std::uint8_t mask,
                    std::uint32_t shift, std::uint8_t offset) {
  HWY_DYNAMIC_DISPATCH(extract_all)(codes, digits, count, mask, shift, offset);
}

std::uint64_t masked_sum(const std::uint8_t* codes, std::size_t count, std::uint8_t mask) {
  return HWY_DYNAMIC_DISPATCH(sum_all)(codes, count, mask);
}

void sum_scaled(const double* const* values, const double* factors, std::size_t terms, double* sums,
                std::size_t count) {
  HWY_DYNAMIC_DISPATCH(sum_scaled_all)(values, factors, terms, sums, count);
}

void add_scaled(const double* values, double factor, double* sums, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(scaled_all)(values, factor, sums, count);
}

void add_quotients(const double* const* values, const double* factors, std::size_t terms, double divisor,
                   std::int32_t* products, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(quotients_all)(values, factors, terms, divisor, products, count);
}

void finish_products(const std::int32_t* exact, const double* approximate, double scale, const double* offset,
                     double constant, float* results, std::size_t count) {
  HWY_DYNAMIC_DISPATCH(finish_all)(exact, approximate, scale, offset, constant, results, count);
}

}  // namespace sumline
#endif
