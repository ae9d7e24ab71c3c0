// SPDX-License-Identifier: Apache-2.0
#include "components/model/batch_readout.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "components/model/matrix_unit.hpp"
#include "components/model/readout_job.hpp"
#include "energy/error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/batch_readout.cpp"
#include "components/model/simd_targets.hpp"
#include "hwy/cache_control.h"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include "components/model/bit_counters-inl.hpp"
#include "components/model/matrix_readout-inl.hpp"
#include "components/model/simd-inl.hpp"

#ifndef SUMLINE_BATCH_READOUT_ONCE
#define SUMLINE_BATCH_READOUT_ONCE
namespace sumline {
namespace {

/// Two thirds of the first-level cache; accumulators, lists and tables pass through the rest.
std::size_t cached_bytes() {
  constexpr long kSmallest = 32 * 1024;  // of any processor with these vectors; some systems do not tell
  return static_cast<std::size_t>(std::max(kSmallest, sysconf(_SC_LEVEL1_DCACHE_SIZE))) * 2 / 3;
}

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
template <int kPlanes, std::size_t kGroups>
HWY_INLINE void count_column(const CellPlanes& cells, std::size_t index, const Rows<kGroups>& rows,
                             Slice<kGroups>* sums) {
  std::uint32_t bit = cells.cell_bits() - 1;
  count_rows<kPlanes>(rows, cells.offsets(index, bit), sums);
  while (bit-- > 0) {
    Slice<kGroups> part[kPlanes];
    count_rows<kPlanes>(rows, cells.offsets(index, bit), part);
    double_and_add<kPlanes>(sums, part);
  }
}

/// A vector's worth of one group of input bits: 64 bytes or a part of them.
struct Part {
  std::size_t index;  ///< of the column, in CellPlanes' order
  std::size_t quad;
  const std::uint8_t* rows;
  std::int32_t* accumulators;  ///< of the part's first input vector
};

/// Any sums and any table, one lookup after the other.
template <int kPlanes>
struct PlainReadout {
  static constexpr std::size_t kGroups = 1;

  static void run(const ReadoutJob& job, const Part* parts) {
    const Part& part = *parts;
    Slice<1> sums[kPlanes];
    count_column<kPlanes, 1>(job.cells, part.index, {part.rows}, sums);
    alignas(64) std::uint8_t bytes[kPlanes / 8][8][kBytes];
    SUMLINE_UNROLL for (int byte = 0; byte < kPlanes / 8; ++byte) {
      Bits slices[8];
      SUMLINE_UNROLL for (int bit = 0; bit < 8; ++bit) {
        slices[bit] = sums[8 * byte + bit].of[0];
      }
      transpose<8>(slices);
      SUMLINE_UNROLL for (int bit = 0; bit < 8; ++bit) {
        hn::StoreU(slices[bit], DBits(), reinterpret_cast<std::uint64_t*>(bytes[byte][bit]));
      }
    }
    const auto coefficient =
        static_cast<std::uint32_t>(job.targets[job.cells.column(part.index)].coefficient);
    for (std::size_t bit = 0; bit < 8; ++bit) {
      for (std::size_t i = 0; i < kBytes; ++i) {
        const std::uint32_t sum =
            bytes[0][bit][i] | (kPlanes > 8 ? std::uint32_t{bytes[kPlanes / 8 - 1][bit][i]} << 8 : 0);
        const std::uint32_t factor = job.weights[4 * part.quad + i % 4] * coefficient;
        std::int32_t& accumulator = part.accumulators[16 * bit + i / 4];
        accumulator =
            static_cast<std::int32_t>(static_cast<std::uint32_t>(accumulator) +
                                      factor * static_cast<std::uint32_t>(job.table.entries()[sum]));
      }
    }
  }
};

#if SUMLINE_X86_VECTORS

using D32 = hn::ScalableTag<std::int32_t>;

/// Groups whose codes go to the same accumulators: their weights, one byte per plane, and the bitline's coefficient.
template <std::size_t kGroups>
struct GroupWeights {
  Vec32 of[kGroups];
  std::int32_t factor;
};

template <std::size_t kGroups>
HWY_INLINE GroupWeights<kGroups> group_weights(const ReadoutJob& job, const Part* parts) {
  GroupWeights<kGroups> weights;
  SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
    std::int32_t four;
    std::memcpy(&four, job.weights.data() + 4 * parts[group].quad, sizeof four);
    weights.of[group] = hn::Set(D32(), four);
  }
  weights.factor = job.targets[job.cells.column(parts->index)].coefficient;
  return weights;
}

/// Adds the weighted codes of one table digit. @tparam kBits as in look_up() @tparam kScaled false if the
/// factor is one @param sums [kGroups][8] bytes
template <int kBits, bool kScaled, std::size_t kGroups>
HWY_INLINE void add_codes(const ByteTables& tables, std::uint32_t digit, const GroupWeights<kGroups>& weights,
                          const Bits (*sums)[8], std::int32_t* accumulators) {
  const D32 d32;
  SUMLINE_UNROLL for (int first = 0; first < 8; first += kLookups) {
    Bits codes[kGroups][kLookups];
    SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
      look_up<kBits>(tables, digit, sums[group] + first, codes[group]);
    }
    SUMLINE_UNROLL for (int i = 0; i < kLookups; ++i) {
      std::int32_t* target = accumulators + 16 * (first + i);
      const Vec32 old = hn::LoadU(d32, target);
      Vec32 value = kScaled ? hn::Zero(d32) : old;
      SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
        value = dot_bytes(value, weights.of[group], codes[group][i]);
      }
      hn::StoreU(kScaled ? hn::Add(old, hn::Mul(value, hn::Set(d32, weights.factor))) : value, d32, target);
    }
  }
}

/// @param sums [kGroups][8] bit-planes of the sums; overwritten
template <int kBits, std::size_t kGroups>
HWY_INLINE void add_all_codes(const ReadoutJob& job, GroupWeights<kGroups> weights, Bits (*sums)[8],
                              std::int32_t* accumulators) {
  SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
    transpose<8, kBits>(sums[group]);
  }
  for (std::uint32_t digit = 0; digit < job.table.bytes().digits(); ++digit) {
    weights.factor == 1 ? add_codes<kBits, false>(job.table.bytes(), digit, weights, sums, accumulators)
                        : add_codes<kBits, true>(job.table.bytes(), digit, weights, sums, accumulators);
    weights.factor = static_cast<std::int32_t>(static_cast<std::uint32_t>(weights.factor) << 8);
  }
}

/// sums = min(sums, 63)
HWY_INLINE void clamp_to_six_bits(Bits* sums) {
  SUMLINE_UNROLL for (int bit = 0; bit < 6; ++bit) {
    sums[bit] = hn::Or(sums[bit], hn::Or(sums[6], sums[7]));
  }
}

/// Reads out the sums of groups that share their accumulators. @param sums [kGroups][8] bit-planes; overwritten
template <std::size_t kGroups>
HWY_INLINE void read_out_sums(const ReadoutJob& job, const Part* parts, Bits (*sums)[8]) {
  const auto weights = group_weights<kGroups>(job, parts);
  if (job.table.bytes().saturates()) {
    SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
      clamp_to_six_bits(sums[group]);
    }
    add_all_codes<6>(job, weights, sums, parts->accumulators);
    return;
  }
  Bits eighth = hn::Zero(DBits());
  SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
    eighth = hn::Or(eighth, sums[group][7]);
  }
  if (hn::AllFalse(DBits(), hn::Ne(eighth, hn::Zero(DBits())))) {
    add_all_codes<7>(job, weights, sums, parts->accumulators);
  } else {
    add_all_codes<8>(job, weights, sums, parts->accumulators);
  }
}

/// Sums below 256, looked up inside registers. @tparam kGroupsAtOnce counted together @tparam kJoined groups in a
/// row that are of the same input vectors, so that an accumulator is fetched once for all of them
template <std::size_t kGroupsAtOnce, std::size_t kJoined>
struct ByteReadout {
  static constexpr std::size_t kGroups = kGroupsAtOnce;

  static void run(const ReadoutJob& job, const Part* parts) {
    Rows<kGroups> rows;
    for (std::size_t group = 0; group < kGroups; ++group) {
      rows[group] = parts[group].rows;
    }
    Slice<kGroups> sums[8];
    count_column<8>(job.cells, parts->index, rows, sums);
    SUMLINE_UNROLL for (std::size_t first = 0; first < kGroups; first += kJoined) {
      Bits slices[kJoined][8];
      SUMLINE_UNROLL for (std::size_t group = 0; group < kJoined; ++group) {
        SUMLINE_UNROLL for (int bit = 0; bit < 8; ++bit) {
          slices[group][bit] = sums[bit].of[first + group];
        }
      }
      read_out_sums<kJoined>(job, parts + first, slices);
    }
  }
};

/// What the byte tables' base adds to the accumulators, every input vector alike.
void add_base(const ReadoutJob& job) {
  std::uint32_t weights = 0;
  for (const std::uint8_t weight : job.weights) weights += weight;
  for (std::size_t index = 0; index < job.cells.columns() && job.table.bytes().base() != 0; ++index) {
    const BitlineTarget& target = job.targets[index];
    const std::uint32_t base = static_cast<std::uint32_t>(job.table.bytes().base()) * weights *
                               static_cast<std::uint32_t>(target.coefficient);
    for (std::size_t block = 0; block < job.inputs.blocks(); ++block) {
      std::int32_t* row = job.accumulators.row(block, target.output);
      for (std::size_t vector = 0; vector < InputBatch::kVectors; ++vector) {
        row[vector] = static_cast<std::int32_t>(static_cast<std::uint32_t>(row[vector]) + base);
      }
    }
  }
}

#endif

/// One column against groups [begin, end), group = block * quads + quad: what the lengths of the column's
/// lists decide is learnt once for all of them.
template <class Readout>
void read_out_column(const ReadoutJob& job, std::size_t index, std::size_t begin, std::size_t end) {
  const InputBatch& inputs = job.inputs;
  const std::uint32_t output = job.targets[job.cells.column(index)].output;
  for (std::size_t first = begin; first < end; first += Readout::kGroups) {
    for (std::size_t byte = 0; byte < InputBatch::kGroup; byte += kBytes) {
      Part parts[Readout::kGroups];
      for (std::size_t i = 0; i < Readout::kGroups; ++i) {
        const std::size_t block = (first + i) / inputs.quads();
        const std::size_t quad = (first + i) % inputs.quads();
        parts[i] = {index, quad, inputs.group(block, quad) + job.first_row * InputBatch::kGroup + byte,
                    job.accumulators.row(block, output) + byte / 4};
        for (std::size_t vector = 0; vector < InputBatch::kVectors; vector += 16) {
          hwy::Prefetch(parts[i].accumulators + vector);  // needed only after the counting
        }
      }
      Readout::run(job, parts);
    }
  }
}

/// The columns from `first_column` on against as many groups at a time as the first-level cache holds.
template <class Readout>
void read_out_columns(const ReadoutJob& job, std::size_t first_column, std::size_t begin, std::size_t end) {
  const std::size_t groups = job.cached_bytes / (job.cells.rows() * InputBatch::kGroup);
  const std::size_t step = std::max<std::size_t>(1, groups / Readout::kGroups) * Readout::kGroups;
  for (std::size_t first = begin; first < end; first += step) {
    for (std::size_t index = first_column; index < job.cells.columns(); ++index) {
      read_out_column<Readout>(job, index, first, std::min(first + step, end));
    }
  }
}

void read_out_batch(const ReadoutJob& job) {
  const std::size_t groups = job.inputs.blocks() * job.inputs.quads();
  if (job.cells.max_sum() >= ByteTables::kEntries) {
    read_out_columns<PlainReadout<16>>(job, 0, 0, groups);
    return;
  }
#if SUMLINE_X86_VECTORS
  add_base(job);
#endif
#if HWY_TARGET == HWY_AVX3_DL
  std::size_t column = 0;
  if (job.matrix_unit && job.cells.matrix_columns() != 0) {
    read_out_by_matrix(job);
    column = job.cells.matrix_columns();
  }
  if (job.inputs.quads() == 2) {
    read_out_columns<ByteReadout<2, 2>>(job, column, 0, groups);
  } else {
    read_out_columns<ByteReadout<2, 1>>(job, column, 0, groups / 2 * 2);
    read_out_columns<ByteReadout<1, 1>>(job, column, groups / 2 * 2, groups);
  }
#elif HWY_TARGET == HWY_AVX2
  read_out_columns<ByteReadout<1, 1>>(job, 0, 0, groups);
#else
  read_out_columns<PlainReadout<8>>(job, 0, 0, groups);
#endif
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

HWY_EXPORT(read_out_batch);
HWY_EXPORT(target_name);

void read_out(const CellPlanes& cells, const InputBatch& inputs, std::uint32_t first_row,
              const ReadoutTable& table, std::span<const std::uint8_t> weights,
              std::span<const BitlineTarget> targets, BatchAccumulators& accumulators, bool matrix_unit) {
  SUMLINE_ASSERT(table.entries().size() > cells.max_sum(), "a readout table needs an entry for every sum");
  SUMLINE_ASSERT(first_row + cells.rows() <= inputs.rows(),
                 "the crossbar reaches past the last row of the inputs");
  SUMLINE_ASSERT(weights.size() == inputs.planes() && targets.size() == cells.columns(),
                 "one weight per plane, one target per column");
  SUMLINE_ASSERT(accumulators.blocks() == inputs.blocks(), "accumulators belong to other inputs");
  std::array<std::uint8_t, 8> padded{};
  std::copy(weights.begin(), weights.end(), padded.begin());
  for (std::size_t plane = 0; plane < padded.size(); plane += 2) {
    SUMLINE_ASSERT(padded[plane] + padded[plane + 1] <= 255,
                   "two neighbouring plane weights must not exceed 255");
  }
  for (const BitlineTarget& target : targets) {
    SUMLINE_ASSERT(target.output < accumulators.outputs(), "a bitline targets no accumulator");
  }
  HWY_DYNAMIC_DISPATCH(read_out_batch)
  ({cells, inputs, first_row, table, padded, targets, accumulators, cached_bytes(),
    matrix_unit && has_matrix_unit()});
}

const char* simd_target() {
  return HWY_DYNAMIC_DISPATCH(target_name)();
}

bool reads_by_matrix() {
  return std::strcmp(simd_target(), hwy::TargetName(HWY_AVX3_DL)) == 0 && has_matrix_unit();
}

}  // namespace sumline
#endif  // HWY_ONCE
