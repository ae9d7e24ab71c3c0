// SPDX-License-Identifier: Apache-2.0
#include "components/model/bit_products.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "components/model/simd_targets.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/bit_products.cpp"
#include <hwy/aligned_allocator.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sumline::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using RealTag = hn::CappedTag<float, LaneTerms::kLanes>;
using Reals = hn::Vec<RealTag>;

constexpr std::size_t kBlock = BitRows::kBlock;
constexpr std::size_t kGroup = BitRows::kGroup;
constexpr std::size_t kSubsets = 1 << kGroup;
constexpr std::size_t kTable = kSubsets * LaneTerms::kLanes;
constexpr std::size_t kTables =
    20;  // 20 KiB: leaves room for the rest in a first-level cache of 32 or 48 KiB

// Places of the 32 rows of one word; term j of the group is words[j].
HWY_INLINE void place_word(const std::uint32_t* words, std::uint16_t* places) {
  const hn::ScalableTag<std::int32_t> tag;
  const hn::Rebind<std::uint16_t, decltype(tag)> narrow;
  for (std::size_t row = 0; row < 32; row += hn::Lanes(tag)) {
    const auto bit = hn::Shl(hn::Set(tag, 1), hn::Iota(tag, static_cast<std::int32_t>(row)));
    auto place = hn::Zero(tag);
    SUMLINE_UNROLL for (std::size_t j = 0; j < kGroup; ++j) {
      const auto weight = hn::Set(tag, static_cast<std::int32_t>(LaneTerms::kLanes << j));
      const auto term = hn::Set(tag, static_cast<std::int32_t>(words[j]));
      place = hn::Or(place, hn::IfThenElseZero(hn::TestBit(term, bit), weight));
    }
    hn::StoreU(hn::DemoteTo(narrow, place), narrow, places + row);
  }
}

void PlaceRows(const BitWords& matrix, std::size_t rows, std::size_t terms, std::size_t groups,
               std::uint16_t* places) {
  for (std::size_t w = 0; w * 32 < rows; ++w) {
    const std::size_t blocks = std::min<std::size_t>((rows - w * 32 + kBlock - 1) / kBlock, 32 / kBlock);
    for (std::size_t group = 0; group < groups; ++group) {
      std::uint32_t words[kGroup] = {};
      for (std::size_t j = 0; j < std::min(kGroup, terms - group * kGroup); ++j) {
        words[j] = matrix.words[w * matrix.word_stride + (group * kGroup + j) * matrix.term_stride];
      }
      std::uint16_t of_word[32];
      place_word(words, of_word);
      for (std::size_t block = 0; block < blocks; ++block) {
        std::memcpy(places + ((w * 32 / kBlock + block) * groups + group) * kBlock, of_word + block * kBlock,
                    kBlock * sizeof *of_word);
      }
    }
  }
}

// Tables of consecutive groups of terms for one vector of lanes; returns the sum of all terms.
HWY_INLINE Reals fill_tables(const float* x, std::size_t stride, std::size_t terms, float* table,
                             Reals total) {
  const RealTag tag;
  for (std::size_t k = 0; k < terms; k += kGroup, table += kTable) {
    Reals sums[kSubsets];
    sums[0] = hn::Zero(tag);
    hn::Store(sums[0], tag, table);
    SUMLINE_UNROLL for (std::size_t j = 0; j < kGroup; ++j) {
      const std::size_t alone = std::size_t{1} << j;
      sums[alone] = k + j < terms ? hn::LoadU(tag, x + (k + j) * stride) : hn::Zero(tag);
      hn::Store(sums[alone], tag, table + alone * LaneTerms::kLanes);
      SUMLINE_UNROLL for (std::size_t others = 1; others < alone; ++others) {
        sums[alone + others] = hn::Add(sums[others], sums[alone]);
        hn::Store(sums[alone + others], tag, table + (alone + others) * LaneTerms::kLanes);
      }
    }
    total = hn::Add(total, sums[kSubsets - 1]);
  }
  return total;
}

HWY_INLINE void add_block(const std::uint16_t* places, std::size_t groups, const float* table, float* sums,
                          std::size_t stride) {
  const RealTag tag;
  Reals sum[kBlock];
  SUMLINE_UNROLL for (std::size_t row = 0; row < kBlock; ++row) {
    sum[row] = hn::LoadU(tag, sums + row * stride);
  }
  for (std::size_t group = 0; group < groups; ++group, places += kBlock, table += kTable) {
    SUMLINE_UNROLL for (std::size_t row = 0; row < kBlock; ++row) {
      sum[row] = hn::Add(sum[row], hn::Load(tag, table + places[row]));
    }
  }
  SUMLINE_UNROLL for (std::size_t row = 0; row < kBlock; ++row) {
    hn::StoreU(sum[row], tag, sums + row * stride);
  }
}

void AddBitProducts(const LaneTerms& x, std::span<const BitSums> products, std::size_t stride, float* total) {
  const RealTag tag;
  HWY_ALIGN float tables[kTables * kTable];
  for (std::size_t n = 0; n < x.lanes; n += hn::Lanes(tag)) {
    Reals sum = hn::LoadU(tag, total + n);
    for (std::size_t k = 0; k < x.terms; k += kTables * kGroup) {
      const std::size_t terms = std::min(x.terms - k, kTables * kGroup);
      const std::size_t groups = (terms + kGroup - 1) / kGroup;
      sum = fill_tables(x.values + k * x.stride + n, x.stride, terms, tables, sum);
      for (const BitSums& product : products) {
        const BitRows& bits = *product.bits;
        const std::size_t group = product.first_group + k / kGroup;
        for (std::size_t block = 0; block < bits.blocks; ++block) {
          add_block(bits.places.data() + (block * bits.groups + group) * kBlock, groups, tables,
                    product.sums + block * kBlock * stride + n, stride);
        }
      }
    }
    hn::StoreU(sum, tag, total + n);
  }
}

void TransposeLanes(const float* x, std::size_t x_stride, std::size_t rows, std::size_t columns, float* y,
                    std::size_t y_stride) {
  const RealTag tag;
  const std::size_t lanes = hn::Lanes(tag);
  for (std::size_t m = 0; m < rows; m += 4) {
    const float* four = x + m * x_stride;
    for (std::size_t n = 0; n < columns; n += lanes) {
      HWY_ALIGN float quads[4 * LaneTerms::kLanes];
      hn::StoreInterleaved4(hn::LoadU(tag, four + n), hn::LoadU(tag, four + x_stride + n),
                            hn::LoadU(tag, four + 2 * x_stride + n), hn::LoadU(tag, four + 3 * x_stride + n),
                            tag, quads);
      for (std::size_t i = 0; i < lanes; ++i) {
        std::memcpy(y + (n + i) * y_stride + m, quads + 4 * i, 4 * sizeof *quads);
      }
    }
  }
}

}  // namespace sumline::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(PlaceRows);
HWY_EXPORT(AddBitProducts);
HWY_EXPORT(TransposeLanes);

BitRows group_bits(std::span<const BitWords> matrices, std::size_t rows, std::size_t terms) {
  const std::size_t blocks = (rows + BitRows::kBlock - 1) / BitRows::kBlock;
  const std::size_t groups = (terms + BitRows::kGroup - 1) / BitRows::kGroup;
  const std::size_t size = blocks * groups * BitRows::kBlock;
  BitRows bits{matrices.size() * blocks, groups, std::vector<std::uint16_t>(matrices.size() * size)};
  std::uint16_t* places = bits.places.data();
  for (const BitWords& matrix : matrices) {
    HWY_DYNAMIC_DISPATCH(PlaceRows)(matrix, rows, terms, groups, places);
    places += size;
  }
  return bits;
}

void add_bit_products(const LaneTerms& x, std::span<const BitSums> products, std::size_t stride,
                      float* total) {
  HWY_DYNAMIC_DISPATCH(AddBitProducts)(x, products, stride, total);
}

void transpose_lanes(const float* x, std::size_t x_stride, std::size_t rows, std::size_t columns, float* y,
                     std::size_t y_stride) {
  HWY_DYNAMIC_DISPATCH(TransposeLanes)(x, x_stride, rows, columns, y, y_stride);
}

}  // namespace sumline
#endif
