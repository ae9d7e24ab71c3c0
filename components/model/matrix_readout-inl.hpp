// SPDX-License-Identifier: Apache-2.0
// Compiled once per target, hence the toggling guard.
//
// Note [Matrix read-out]: a tile of 64 cells of 16 bitlines times a tile of input bits gives 16 x 16 bitline sums. A byte
// holds the bits of two neighbouring planes as 1 and 128, so that each int32 is a pair of sums, of at most 127 each. The
// columns of the input tiles are ordered so that one pack instruction leaves the sums of four planes of 16 vectors in
// the order of an InputBatch's group.
//
// Multiplying keeps one part of the core busy, looking up the rest: between the products of one unit (32 bitlines and
// two groups of 16 vectors and 4 planes) the sums of the unit before are looked up. Done one after the other, they are
// no faster than vertical counters.

#if defined(SUMLINE_MATRIX_READOUT_INL_HPP) == defined(HWY_TARGET_TOGGLE)
#ifdef SUMLINE_MATRIX_READOUT_INL_HPP
#undef SUMLINE_MATRIX_READOUT_INL_HPP
#else
#define SUMLINE_MATRIX_READOUT_INL_HPP
#endif

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "components/model/matrix_unit.hpp"
#include "components/model/readout_job.hpp"
#include "components/model/simd-inl.hpp"
#include "hwy/cache_control.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_AVX3_DL

namespace hn = hwy::HWY_NAMESPACE;

/// Input bits of 16 vectors and 4 planes: two tiles of half the vectors each, in two halves of 64 rows.
using BitTiles = std::array<std::array<Tile, 2>, 2>;  ///< [half of the vectors][64 rows]
/// Half the bits of all vectors of a block: bit i and bit 4 + i of a byte belong to two planes of the same vector.
using PairedBits = std::array<BitTiles, 2>;  ///< [quad]
/// Sums of one unit. [16 bitlines][group][half of the vectors]
using UnitSums = std::array<std::array<std::array<Tile, 2>, 2>, 2>;

struct alignas(4096) MatrixBuffers {
  std::array<PairedBits, 2> paired;  ///< [low or high half of the bits]
  std::array<BitTiles, 4> bits;      ///< [unit * 2 + group]
  std::array<UnitSums, 2> sums;
};

struct BitlineSums {
  std::int32_t* accumulators;
  std::int32_t factor;
};

HWY_INLINE __m512i load(const std::uint8_t* bytes) {
  return _mm512_loadu_si512(bytes);
}
HWY_INLINE void store(__m512i value, std::uint8_t* bytes) {
  _mm512_storeu_si512(bytes, value);
}
/// Bits of `a` where `mask` is set, of `b` elsewhere.
HWY_INLINE __m512i choose(__m512i mask, __m512i a, __m512i b) {
  return _mm512_ternarylogic_epi64(a, b, mask, 0xE4);
}

/// Four rows of an InputBatch's group: bytes of plane t of vector d for t even or odd, rows as neighbours.
struct RowQuad {
  __m512i even[2];  ///< [half]: dword 4 l + 2 i + p = plane 2 p of vector 4 l + 2 half + i
  __m512i odd[2];
};

HWY_INLINE RowQuad join_rows(__m512i r0, __m512i r1, __m512i r2, __m512i r3) {
  const __m512i low[2] = {_mm512_unpacklo_epi8(r0, r1), _mm512_unpacklo_epi8(r2, r3)};
  const __m512i high[2] = {_mm512_unpackhi_epi8(r0, r1), _mm512_unpackhi_epi8(r2, r3)};
  const __m512i vectors[4] = {_mm512_unpacklo_epi16(low[0], low[1]), _mm512_unpackhi_epi16(low[0], low[1]),
                              _mm512_unpacklo_epi16(high[0], high[1]),
                              _mm512_unpackhi_epi16(high[0], high[1])};
  RowQuad quad;
  SUMLINE_UNROLL for (int half = 0; half < 2; ++half) {
    const __m512 a = _mm512_castsi512_ps(vectors[2 * half]);
    const __m512 b = _mm512_castsi512_ps(vectors[2 * half + 1]);
    quad.even[half] = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0x88));
    quad.odd[half] = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0xDD));
  }
  return quad;
}

/// @param group rows of an InputBatch's group @param rows of them; the tiles' other rows become zero
void pair_planes(const std::uint8_t* group, std::size_t rows, std::size_t quad,
                 std::array<PairedBits, 2>& paired) {
  const __m512i nibbles = _mm512_set1_epi8(0x0F);
  const auto row = [group, rows](std::size_t index) {
    return index < rows ? load(group + index * InputBatch::kGroup) : _mm512_setzero_si512();
  };
  for (std::size_t first = 0; first < CellPlanes::kMatrixRows; first += 4) {
    const RowQuad bits = join_rows(row(first), row(first + 1), row(first + 2), row(first + 3));
    const std::size_t place = first % 64 / 4 * 64;
    SUMLINE_UNROLL for (std::size_t half = 0; half < 2; ++half) {
      const __m512i even = bits.even[half], odd = bits.odd[half];
      store(choose(nibbles, even, _mm512_slli_epi16(odd, 4)),
            paired[0][quad][half][first / 64].bytes.data() + place);
      store(choose(nibbles, _mm512_srli_epi16(even, 4), odd),
            paired[1][quad][half][first / 64].bytes.data() + place);
    }
  }
}

/// Bit `bit` of each byte to its bit 0, bit 4 + `bit` to bit 7. @param bit 0..3
void take_bits(const BitTiles& paired, std::size_t bit, BitTiles& bits) {
  // The bit matrix's last byte makes a byte's lowest bit.
  const __m512i matrix =
      _mm512_set1_epi64(static_cast<long long>((std::uint64_t{1} << bit) << 56 | (16U << bit)));
  const std::uint8_t* source = paired[0][0].bytes.data();
  std::uint8_t* target = bits[0][0].bytes.data();
  for (std::size_t i = 0; i < sizeof(BitTiles); i += 64) {
    __m512i taken;
    asm("vgf2p8affineqb $0, %2, %1, %0" : "=v"(taken) : "v"(load(source + i)), "v"(matrix));
    store(taken, target + i);
  }
}

/// What the look-ups of all units share.
struct LookUp {
  __m512i low, high;  ///< halves of the table's lowest digit
  Vec32 weights[2];   ///< [quad]
};

LookUp prepare_look_up(const ReadoutJob& job) {
  LookUp prepared{load(reinterpret_cast<const std::uint8_t*>(job.bytes.entries(0))),
                  load(reinterpret_cast<const std::uint8_t*>(job.bytes.entries(0) + 64)),
                  {}};
  for (std::size_t quad = 0; quad < 2; ++quad) {
    std::int32_t four;
    std::memcpy(&four, job.weights.data() + 4 * quad, sizeof four);
    prepared.weights[quad] = hn::Set(hn::ScalableTag<std::int32_t>(), four);
  }
  return prepared;
}

/// @param tiles those of one group, at the bitline's row
template <int kBits>
HWY_INLINE __m512i unpack_sums(const std::uint8_t* tiles) {
  const __m512i pairs = _mm512_packus_epi32(load(tiles), load(tiles + sizeof(Tile)));
  const __m512i bytes =
      choose(_mm512_set1_epi16(0x7F), pairs, _mm512_slli_epi16(pairs, 1));  // bit 7 is not for use
  return kBits == 6 ? _mm512_min_epu8(bytes, _mm512_set1_epi8(63)) : bytes;
}

template <int kBits>
HWY_INLINE Bits look_up_bytes(const LookUp& shared, __m512i sums) {
  return Bits{kBits == 6 ? _mm512_permutexvar_epi8(sums, shared.low)
                         : _mm512_permutex2var_epi8(shared.low, sums, shared.high)};
}

/// A table of several digits or a bitline with a factor: digit after digit. @tparam kGroups that share accumulators
template <std::size_t kGroups>
HWY_INLINE void add_scaled(const ReadoutJob& job, LookUp shared, const __m512i* sums, std::int32_t factor,
                           std::int32_t* accumulators) {
  const hn::ScalableTag<std::int32_t> d32;
  for (std::uint32_t digit = 0; digit < job.bytes.digits(); ++digit) {
    const auto* entries = reinterpret_cast<const std::uint8_t*>(job.bytes.entries(digit));
    shared.low = load(entries);
    shared.high = load(entries + 64);
    Vec32 value = hn::Zero(d32);
    SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
      value = dot_bytes(value, shared.weights[group], look_up_bytes<7>(shared, sums[group]));
    }
    hn::StoreU(hn::Add(hn::LoadU(d32, accumulators), hn::Mul(value, hn::Set(d32, factor))), d32,
               accumulators);
    factor = static_cast<std::int32_t>(static_cast<std::uint32_t>(factor) << 8);
  }
}

template <int kBits, std::size_t kGroups>
HWY_INLINE void add_plain(const LookUp& shared, const __m512i* sums, std::int32_t* accumulators) {
  const hn::ScalableTag<std::int32_t> d32;
  Vec32 value = hn::LoadU(d32, accumulators);
  SUMLINE_UNROLL for (std::size_t group = 0; group < kGroups; ++group) {
    value = dot_bytes(value, shared.weights[group], look_up_bytes<kBits>(shared, sums[group]));
  }
  hn::StoreU(value, d32, accumulators);
}

/// 32 bitlines and two groups, whose sums are multiplied or waiting to be looked up.
struct Unit {
  const BitlineSums* bitlines;
  std::size_t vector;  ///< the first
  UnitSums* sums;
};

/// @tparam kBits of a sum that the table tells apart: 6 or 7 @tparam kPlain a table of one digit, no factors
/// @tparam kQuads of the inputs; a unit's groups are the quads of 16 vectors, or one quad of 32
template <int kBits, bool kPlain, std::size_t kQuads>
struct MatrixReadout {
  static constexpr std::size_t kUnitVectors = 32 / kQuads;

  HWY_INLINE static void look_up(const ReadoutJob& job, const LookUp& shared, const Unit& unit,
                                 std::size_t bitline) {
    const BitlineSums& target = unit.bitlines[bitline];
    std::int32_t* accumulators = target.accumulators + unit.vector;
    __m512i sums[2];
    SUMLINE_UNROLL for (std::size_t group = 0; group < 2; ++group) {
      const auto* tiles = (*unit.sums)[bitline / 16][group][0].bytes.data() + bitline % 16 * 64;
      sums[group] = unpack_sums<kBits>(tiles);
    }
    SUMLINE_UNROLL for (std::size_t first = 0; first < 2; first += kQuads) {
      kPlain ? add_plain<kBits, kQuads>(shared, sums + first, accumulators + 16 * first)
             : add_scaled<kQuads>(job, shared, sums + first, target.factor, accumulators + 16 * first);
    }
  }

  /// One of four steps of a unit: the products of half a group, and a quarter of the look-ups of the unit before.
  /// @param next the cells of the bitlines that follow, after the last step
  template <std::size_t kStep>
  HWY_INLINE static void step(const ReadoutJob& job, const LookUp& shared, const BitTiles* bits,
                              const Unit& unit, const Unit& before, const Tile* next) {
    constexpr std::size_t kGroup = kStep / 2, kHalf = kStep % 2;
    clear_tile<0>();
    clear_tile<1>();
    load_tile<2>(bits[kGroup][kHalf][0]);
    multiply_tiles<0, 4, 2>();
    multiply_tiles<1, 5, 2>();
    load_tile<3>(bits[kGroup][kHalf][1]);
    multiply_tiles<0, 6, 3>();
    multiply_tiles<1, 7, 3>();
    if (next != nullptr) {
      load_cells(next);
    }
    SUMLINE_UNROLL for (std::size_t i = 0; i < 8; ++i) {
      const std::size_t bitline = kStep * 8 + i;
      SUMLINE_UNROLL for (std::size_t vector = 0; vector < kUnitVectors; vector += 16) {
        hwy::Prefetch(unit.bitlines[bitline].accumulators + unit.vector + vector);
      }
      look_up(job, shared, before, bitline);
    }
    store_tile<0>((*unit.sums)[0][kGroup][kHalf]);
    store_tile<1>((*unit.sums)[1][kGroup][kHalf]);
  }

  HWY_INLINE static void load_cells(const Tile* cells) {
    load_tile<4>(cells[0]);
    load_tile<5>(cells[2]);
    load_tile<6>(cells[1]);
    load_tile<7>(cells[3]);
  }

  HWY_INLINE static void run_unit(const ReadoutJob& job, const LookUp& shared, const BitTiles* bits,
                                  const Unit& unit, const Unit& before, const Tile* next) {
    step<0>(job, shared, bits, unit, before, nullptr);
    step<1>(job, shared, bits, unit, before, nullptr);
    step<2>(job, shared, bits, unit, before, nullptr);
    step<3>(job, shared, bits, unit, before, next);
  }

  /// @param bitlines whole units of them
  static void run(const ReadoutJob& job, const std::vector<BitlineSums>& bitlines, MatrixBuffers& buffers) {
    constexpr std::size_t kColumns = CellPlanes::kMatrixColumns;
    const LookUp shared = prepare_look_up(job);
    const Tile* cells = job.cells.tiles();
    const TileSession session;
    alignas(64) std::int32_t nowhere[32] = {};
    std::array<BitlineSums, kColumns> none;
    none.fill({nowhere, 0});
    buffers.sums[1] = {};
    Unit before{none.data(), 0, &buffers.sums[1]};
    std::size_t current = 0;
    load_cells(cells);
    for (std::size_t block = 0; block < job.inputs.blocks(); ++block) {
      for (std::size_t quad = 0; quad < kQuads; ++quad) {
        pair_planes(job.inputs.group(block, quad) + job.first_row * InputBatch::kGroup, job.cells.rows(),
                    quad, buffers.paired);
      }
      for (std::size_t pass = 0; pass < InputBatch::kVectors; pass += 2 * kUnitVectors) {
        for (std::size_t i = 0; i < 4; ++i) {
          const std::size_t bit = pass / 16 + i / kQuads;
          take_bits(buffers.paired[bit / 4][i % kQuads], bit % 4, buffers.bits[i]);
        }
        for (std::size_t column = 0; column < bitlines.size(); column += kColumns) {
          const std::size_t next = column + kColumns < bitlines.size() ? column + kColumns : 0;
          SUMLINE_UNROLL for (std::size_t i = 0; i < 2; ++i) {
            const Unit unit{bitlines.data() + column, block * InputBatch::kVectors + pass + i * kUnitVectors,
                            &buffers.sums[current]};
            run_unit(job, shared, &buffers.bits[2 * i], unit, before,
                     i == 0 ? nullptr : cells + next / kColumns * 4);
            before = unit;
            current = 1 - current;
          }
        }
      }
    }
    for (std::size_t bitline = 0; bitline < kColumns; ++bitline) {
      look_up(job, shared, before, bitline);
    }
  }
};

template <std::size_t kQuads>
void read_out_by_matrix(const ReadoutJob& job, const std::vector<BitlineSums>& bitlines,
                        MatrixBuffers& buffers) {
  const bool scaled =
      std::any_of(bitlines.begin(), bitlines.end(), [](const BitlineSums& b) { return b.factor != 1; });
  if (scaled || job.bytes.digits() > 1) {
    MatrixReadout<7, false, kQuads>::run(job, bitlines, buffers);
  } else if (job.bytes.saturates()) {
    MatrixReadout<6, true, kQuads>::run(job, bitlines, buffers);
  } else {
    MatrixReadout<7, true, kQuads>::run(job, bitlines, buffers);
  }
}

/// Reads out the first job.cells.matrix_columns() columns. See Note [Matrix read-out].
void read_out_by_matrix(const ReadoutJob& job) {
  std::vector<BitlineSums> bitlines;
  for (std::size_t index = 0; index < job.cells.matrix_columns(); ++index) {
    const BitlineTarget& target = job.targets[job.cells.column(index)];
    bitlines.push_back({job.accumulators + target.output * job.inputs.stride(), target.coefficient});
  }
  MatrixBuffers buffers;
  job.inputs.quads() == 2 ? read_out_by_matrix<2>(job, bitlines, buffers)
                          : read_out_by_matrix<1>(job, bitlines, buffers);
}

#endif

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#endif  // per-target include guard
