// SPDX-License-Identifier: Apache-2.0
#include "components/model/partial_sums.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "energy/error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/partial_sums.cpp"
#include "components/model/simd_targets.hpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

/// sums[c] = sum over the listed wordlines of cell[k, column_begin + c]. Sixteen bits hold 4096 cells of four
/// bits.
void sum_cells(const CellPlanes& cells, std::span<const std::uint16_t> wordlines, std::uint32_t column_begin,
               std::span<std::int32_t> sums) {
  const hn::ScalableTag<std::uint16_t> d16;
  const hn::Rebind<std::uint8_t, decltype(d16)> d8;
  constexpr std::size_t kLanes = hn::MaxLanes(d16);
  static_assert(kLanes <= CellPlanes::kPadding);
  for (std::size_t column = 0; column < sums.size(); column += kLanes) {
    auto total = hn::Zero(d16);
    for (const std::uint16_t wordline : wordlines) {
      total = hn::Add(total, hn::PromoteTo(d16, hn::LoadU(d8, cells.row(wordline) + column_begin + column)));
    }
    HWY_ALIGN std::uint16_t lanes[kLanes];
    hn::Store(total, d16, lanes);
    std::copy_n(lanes, std::min(kLanes, sums.size() - column), sums.data() + column);
  }
}

const char* target_name() {
  return hwy::TargetName(HWY_TARGET);
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(sum_cells);
HWY_EXPORT(target_name);

namespace {

/// The wordlines of [begin, end) whose bit is set, ascending.
class ActiveWordlines {
 public:
  ActiveWordlines(std::span<const std::uint64_t> words, std::uint32_t begin, std::uint32_t end) {
    for (std::uint32_t word = begin / 64; 64 * word < end; ++word) {
      const std::uint32_t first = 64 * word;
      std::uint64_t bits = words[word];
      bits &= first < begin ? ~std::uint64_t{0} << (begin - first) : ~std::uint64_t{0};
      bits &= first + 64 > end ? ~std::uint64_t{0} >> (first + 64 - end) : ~std::uint64_t{0};
      for (; bits != 0; bits &= bits - 1) {
        list_[size_++] =
            static_cast<std::uint16_t>(first + static_cast<std::uint32_t>(std::countr_zero(bits)));
      }
    }
  }
  std::span<const std::uint16_t> list() const { return {list_.data(), size_}; }

 private:
  std::array<std::uint16_t, 4096> list_;  // as tall as a crossbar may be; only what is used gets written
  std::size_t size_ = 0;
};

std::span<const std::uint64_t> plane_words(const CellPlanes& cells, const InputPlanes& inputs,
                                           std::uint32_t plane) {
  const std::size_t words = (cells.rows() + 63) / 64;
  SUMLINE_ASSERT(inputs.words.size() >= words * inputs.planes,
                 "an input plane needs a bit for every wordline");
  return inputs.words.subspan(plane * words, words);
}

}  // namespace

void partial_sums(const CellPlanes& cells, const InputPlanes& inputs, std::span<std::int32_t> sums) {
  SUMLINE_ASSERT(sums.size() >= std::size_t{inputs.planes} * cells.columns(),
                 "no room for the sums of all planes");
  for (std::uint32_t plane = 0; plane < inputs.planes; ++plane) {
    ou_sums(cells, plane_words(cells, inputs, plane), 0, cells.rows(), 0,
            sums.subspan(std::size_t{plane} * cells.columns(), cells.columns()));
  }
}

void read_out(const CellPlanes& cells, const InputPlanes& inputs, std::span<const std::int32_t> table,
              std::span<const std::int32_t> weights, std::span<std::int32_t> accumulators) {
  SUMLINE_ASSERT(table.size() > cells.max_sum(), "a readout table needs an entry for every sum");
  SUMLINE_ASSERT(weights.size() == inputs.planes && accumulators.size() >= cells.columns(),
                 "one weight per plane, one accumulator per column");
  std::vector<std::int32_t> sums(cells.columns());
  for (std::uint32_t plane = 0; plane < inputs.planes; ++plane) {
    ou_sums(cells, plane_words(cells, inputs, plane), 0, cells.rows(), 0, sums);
    const auto weight = static_cast<std::uint32_t>(weights[plane]);
    for (std::size_t column = 0; column < sums.size(); ++column) {
      const auto code = static_cast<std::uint32_t>(table[static_cast<std::size_t>(sums[column])]);
      accumulators[column] =
          static_cast<std::int32_t>(static_cast<std::uint32_t>(accumulators[column]) + weight * code);
    }
  }
}

void ou_sums(const CellPlanes& cells, std::span<const std::uint64_t> active, std::uint32_t row_begin,
             std::uint32_t row_count, std::uint32_t column_begin, std::span<std::int32_t> sums) {
  SUMLINE_ASSERT(row_begin + row_count <= cells.rows() && column_begin + sums.size() <= cells.columns(),
                 "an operation unit reaches past its crossbar");
  const ActiveWordlines wordlines(active, row_begin, row_begin + row_count);
  HWY_DYNAMIC_DISPATCH(sum_cells)(cells, wordlines.list(), column_begin, sums);
}

const char* simd_target() {
  return HWY_DYNAMIC_DISPATCH(target_name)();
}

}  // namespace sumline
#endif  // HWY_ONCE
