// SPDX-License-Identifier: Apache-2.0
#include "components/model/batch_readout.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "components/model/byte_tables.hpp"
#include "energy/error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/batch_readout.cpp"
#include "components/model/simd_targets.hpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include "components/model/bit_counters-inl.hpp"
#include "components/model/simd-inl.hpp"

#ifndef SUMLINE_BATCH_READOUT_ONCE
#define SUMLINE_BATCH_READOUT_ONCE
namespace sumline {
namespace {

struct BatchReadout {
  const CellPlanes& cells;
  const InputBatch& inputs;
  std::uint32_t first_row;
  std::span<const std::int32_t> table;
  ByteTables bytes;
  std::array<std::uint8_t, 8> weights;  ///< zero past the last plane
  std::span<const BitlineTarget> targets;
  std::int32_t* accumulators;
};

}  // namespace
}  // namespace sumline
#endif

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
constexpr std::size_t kBytes =
    hn::MaxLanes(hn::ScalableTag<std::uint8_t>()) * (HWY_TARGET == HWY_SCALAR ? 8 : 1);

/// sums[b] = bit b of the bitline's sums, for the input bits at `rows`.
template <int kPlanes>
HWY_INLINE void count_column(const CellPlanes& cells, std::size_t index, const std::uint8_t* rows,
                             Bits* sums) {
  for (std::uint32_t bit = cells.cell_bits(); bit-- > 0;) {
    Bits part[kPlanes];
    count_rows<kPlanes>(rows, cells.offsets(index, bit), part);
    if (bit + 1 == cells.cell_bits()) {
      SUMLINE_UNROLL for (int plane = 0; plane < kPlanes; ++plane) {
        sums[plane] = part[plane];
      }
    } else {
      double_and_add<kPlanes>(sums, part);
    }
  }
}

/// Any sums and any table, one lookup after the other. @param accumulators of the first vector in this part
/// of the group
template <int kPlanes>
void read_out_part(const BatchReadout& job, std::size_t index, std::size_t quad, const std::uint8_t* rows,
                   std::int32_t* accumulators) {
  Bits sums[kPlanes];
  count_column<kPlanes>(job.cells, index, rows, sums);
  alignas(64) std::uint8_t bytes[kPlanes / 8][8][kBytes];
  SUMLINE_UNROLL for (int byte = 0; byte < kPlanes / 8; ++byte) {
    transpose<8>(sums + 8 * byte);
    SUMLINE_UNROLL for (int bit = 0; bit < 8; ++bit) {
      hn::StoreU(sums[8 * byte + bit], DBits(), reinterpret_cast<std::uint64_t*>(bytes[byte][bit]));
    }
  }
  for (std::size_t bit = 0; bit < 8; ++bit) {
    for (std::size_t i = 0; i < kBytes; ++i) {
      const std::uint32_t sum =
          bytes[0][bit][i] | (kPlanes > 8 ? std::uint32_t{bytes[kPlanes / 8 - 1][bit][i]} << 8 : 0);
      const std::uint32_t factor =
          job.weights[4 * quad + i % 4] *
          static_cast<std::uint32_t>(job.targets[job.cells.column(index)].coefficient);
      std::int32_t& accumulator = accumulators[16 * bit + i / 4];
      accumulator = static_cast<std::int32_t>(static_cast<std::uint32_t>(accumulator) +
                                              factor * static_cast<std::uint32_t>(job.table[sum]));
    }
  }
}

#if SUMLINE_X86_VECTORS

using D32 = hn::ScalableTag<std::int32_t>;

/// Four planes' weights and what they share.
struct QuadWeights {
  Vec32 weights;        ///< one byte each
  Vec32 base;           ///< the byte tables' base times the weights' sum
  std::int32_t factor;  ///< the bitline's coefficient
};

/// Adds the weighted codes of four planes: 16 * kLookups vectors, or half as many on AVX2.
template <bool kHigh>
HWY_INLINE void add_codes(const ByteTables& tables, const QuadWeights& quad, const Bits* sums,
                          std::int32_t* accumulators) {
  const D32 d32;
  Vec32 start = quad.base;
  std::int32_t factor = quad.factor;
  for (std::uint32_t digit = 0; digit < tables.digits(); ++digit) {
    Bits codes[kLookups];
    look_up<kHigh>(tables, digit, sums, codes);
    SUMLINE_UNROLL for (int i = 0; i < kLookups; ++i) {
      Vec32 value = dot_bytes(start, quad.weights, codes[i]);
      if (factor != 1) {
        value = hn::Mul(value, hn::Set(d32, factor));
      }
      std::int32_t* target = accumulators + 16 * i;
      hn::StoreU(hn::Add(hn::LoadU(d32, target), value), d32, target);
    }
    start = hn::Zero(d32);
    factor = static_cast<std::int32_t>(static_cast<std::uint32_t>(factor) << 8);
  }
}

HWY_INLINE QuadWeights quad_weights(const BatchReadout& job, std::size_t index, std::size_t quad) {
  const std::uint8_t* weights = job.weights.data() + 4 * quad;
  std::int32_t four;
  std::memcpy(&four, weights, sizeof four);
  const int sum = weights[0] + weights[1] + weights[2] + weights[3];
  const std::uint32_t base = static_cast<std::uint32_t>(job.bytes.base()) * static_cast<std::uint32_t>(sum);
  return {hn::Set(D32(), four), hn::Set(D32(), static_cast<std::int32_t>(base)),
          job.targets[job.cells.column(index)].coefficient};
}

/// Sums below 256, looked up inside registers.
void read_out_bytes(const BatchReadout& job, std::size_t index, std::size_t quad, const std::uint8_t* rows,
                    std::int32_t* accumulators) {
  Bits sums[8];
  count_column<8>(job.cells, index, rows, sums);
  const bool high = !hn::AllFalse(DBits(), hn::Ne(sums[7], hn::Zero(DBits())));
  transpose<8>(sums);
  const QuadWeights weights = quad_weights(job, index, quad);
  SUMLINE_UNROLL for (int bit = 0; bit < 8; bit += kLookups) {
    high ? add_codes<true>(job.bytes, weights, sums + bit, accumulators + 16 * bit)
         : add_codes<false>(job.bytes, weights, sums + bit, accumulators + 16 * bit);
  }
}

#endif

using PartReadout = void(const BatchReadout&, std::size_t, std::size_t, const std::uint8_t*, std::int32_t*);

/// One column against blocks [begin, end): the branches that the lengths of its lists decide are learnt once
/// for all of them.
template <PartReadout kPart>
void read_out_column(const BatchReadout& job, std::size_t index, std::size_t begin, std::size_t end) {
  const InputBatch& inputs = job.inputs;
  std::int32_t* accumulators =
      job.accumulators + job.targets[job.cells.column(index)].output * inputs.stride();
  for (std::size_t block = begin; block < end; ++block) {
    for (std::size_t quad = 0; quad < inputs.quads(); ++quad) {
      const std::uint8_t* rows = inputs.group(block, quad) + job.first_row * InputBatch::kGroup;
      for (std::size_t byte = 0; byte < InputBatch::kGroup; byte += kBytes) {
        kPart(job, index, quad, rows + byte, accumulators + block * InputBatch::kVectors + byte / 4);
      }
    }
  }
}

/// All columns against as many blocks at a time as the first-level cache holds.
template <PartReadout kPart>
void read_out_columns(const BatchReadout& job) {
  constexpr std::size_t kCachedBytes = 16 * 1024;
  const std::size_t blocks = job.inputs.blocks();
  const std::size_t block_bytes = job.cells.rows() * job.inputs.quads() * InputBatch::kGroup;
  const std::size_t step = std::max<std::size_t>(1, kCachedBytes / block_bytes);
  for (std::size_t block = 0; block < blocks; block += step) {
    for (std::size_t index = 0; index < job.cells.columns(); ++index) {
      read_out_column<kPart>(job, index, block, std::min(block + step, blocks));
    }
  }
}

void read_out_batch(const BatchReadout& job) {
  if (job.table.size() > ByteTables::kEntries) {
    read_out_columns<read_out_part<16>>(job);
    return;
  }
#if SUMLINE_X86_VECTORS
  read_out_columns<read_out_bytes>(job);
#else
  read_out_columns<read_out_part<8>>(job);
#endif
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(read_out_batch);

void read_out(const CellPlanes& cells, const InputBatch& inputs, std::uint32_t first_row,
              std::span<const std::int32_t> table, std::span<const std::uint8_t> weights,
              std::span<const BitlineTarget> targets, std::span<std::int32_t> accumulators) {
  SUMLINE_ASSERT(table.size() > cells.max_sum(), "a readout table needs an entry for every sum");
  SUMLINE_ASSERT(first_row + cells.rows() <= inputs.rows(),
                 "the crossbar reaches past the last row of the inputs");
  SUMLINE_ASSERT(weights.size() == inputs.planes() && targets.size() == cells.columns(),
                 "one weight per plane, one target per column");
  std::array<std::uint8_t, 8> padded{};
  std::copy(weights.begin(), weights.end(), padded.begin());
  for (std::size_t plane = 0; plane < padded.size(); plane += 2) {
    SUMLINE_ASSERT(padded[plane] + padded[plane + 1] <= 255,
                   "two neighbouring plane weights must not exceed 255");
  }
  for (const BitlineTarget& target : targets) {
    SUMLINE_ASSERT((target.output + 1) * inputs.stride() <= accumulators.size(),
                   "a bitline targets no accumulator");
  }
  const auto used = table.first(cells.max_sum() + 1);
  HWY_DYNAMIC_DISPATCH(read_out_batch)
  ({cells, inputs, first_row, used,
    ByteTables(used.first(std::min<std::size_t>(used.size(), ByteTables::kEntries))), padded, targets,
    accumulators.data()});
}

}  // namespace sumline
#endif  // HWY_ONCE
