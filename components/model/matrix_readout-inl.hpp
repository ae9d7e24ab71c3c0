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
using D32 = hn::ScalableTag<std::int32_t>;

/// Input bits of 16 vectors and 4 planes: two tiles of half the vectors each, in two halves of 64 rows.
using BitTiles = std::array<std::array<MatrixTile, 2>, 2>;  ///< [half of the vectors][64 rows]
/// Half the bits of all vectors of a block: bit i and bit 4 + i of a byte belong to two planes of the same vector.
using PairedBits = std::array<BitTiles, 2>;  ///< [quad]
/// Sums of one unit. [16 bitlines][group][half of the vectors]
using UnitSums = std::array<std::array<std::array<MatrixTile, 2>, 2>, 2>;

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
  __m512i low, high;            ///< halves of one digit of the table
  Vec32 weights, last_weights;  ///< of planes 0 to 3 and 4 to 7

  explicit LookUp(const ReadoutJob& job) : weights(weights_of(job, 0)), last_weights(weights_of(job, 1)) {
    set_digit(job.table.bytes(), 0);
  }

  void set_digit(const ByteTables& tables, std::uint32_t digit) {
    const auto* entries = reinterpret_cast<const std::uint8_t*>(tables.entries(digit));
    low = load(entries);
    high = load(entries + 64);
  }

  static Vec32 weights_of(const ReadoutJob& job, std::size_t quad) {
    std::int32_t four;
    std::memcpy(&four, job.weights.data() + 4 * quad, sizeof four);
    return hn::Set(D32(), four);
  }
};

/// One row of a group's sums as bytes, of which the lowest kBits bits, 6 or 7, are right.
template <int kBits>
HWY_INLINE __m512i unpack_sums(const std::array<MatrixTile, 2>& halves, std::size_t row) {
  const __m512i pairs =
      _mm512_packus_epi32(load(halves[0].bytes.data() + row), load(halves[1].bytes.data() + row));
  const __m512i bytes = choose(_mm512_set1_epi16(0x7F), pairs, _mm512_slli_epi16(pairs, 1));
  return kBits == 6 ? _mm512_min_epu8(bytes, _mm512_set1_epi8(63)) : bytes;
}

template <int kBits>
HWY_INLINE Bits look_up_bytes(const LookUp& shared, __m512i sums) {
  return Bits{kBits == 6 ? _mm512_permutexvar_epi8(sums, shared.low)
                         : _mm512_permutex2var_epi8(shared.low, sums, shared.high)};
}

/// 32 bitlines and two groups, whose sums are multiplied or waiting to be looked up.
struct Unit {
  const BitlineSums* bitlines;
  std::size_t place;  ///< of the first vector, from the accumulators of a bitline's very first on
  UnitSums* sums;
};

/// @tparam kBits of a sum that the table tells apart: 6 or 7 @tparam kPlain a table of one digit, no factors
/// @tparam kQuads of the inputs; a unit's groups are the quads of 16 vectors, or one quad of 32
template <int kBits, bool kPlain, std::size_t kQuads>
struct MatrixReadout {
  static constexpr std::size_t kUnitVectors = 32 / kQuads;

  HWY_INLINE static void look_up(const ReadoutJob& job, const LookUp& shared, const Unit& unit,
                                 std::size_t bitline) {
    const auto& tiles = (*unit.sums)[bitline / 16];
    const std::size_t row = bitline % MatrixTile::kRows * MatrixTile::kRowBytes;
    const __m512i first = unpack_sums<kBits>(tiles[0], row);
    const __m512i second = unpack_sums<kBits>(tiles[1], row);
    const BitlineSums& target = unit.bitlines[bitline];
    std::int32_t* accumulators = target.accumulators + unit.place;
    if constexpr (kPlain) {
      add_codes(shared, first, second, 1, accumulators);
    } else {
      LookUp digits = shared;
      std::int32_t factor = target.factor;
      for (std::uint32_t digit = 0; digit < job.table.bytes().digits(); ++digit) {
        digits.set_digit(job.table.bytes(), digit);
        add_codes(digits, first, second, factor, accumulators);
        factor = static_cast<std::int32_t>(static_cast<std::uint32_t>(factor) << 8);
      }
    }
  }

  HWY_INLINE static void add_codes(const LookUp& shared, __m512i first, __m512i second, std::int32_t factor,
                                   std::int32_t* accumulators) {
    Vec32 value = begin(accumulators);
    value = dot_bytes(value, shared.weights, look_up_bytes<kBits>(shared, first));
    if constexpr (kQuads == 1) {
      end(value, factor, accumulators);
      accumulators += 16;
      value = begin(accumulators);
    }
    value = dot_bytes(value, kQuads == 1 ? shared.weights : shared.last_weights,
                      look_up_bytes<kBits>(shared, second));
    end(value, factor, accumulators);
  }

  HWY_INLINE static Vec32 begin(const std::int32_t* accumulators) {
    return kPlain ? hn::LoadU(D32(), accumulators) : hn::Zero(D32());
  }

  HWY_INLINE static void end(Vec32 value, std::int32_t factor, std::int32_t* accumulators) {
    if constexpr (!kPlain) {
      value = hn::Add(hn::LoadU(D32(), accumulators), hn::Mul(value, hn::Set(D32(), factor)));
    }
    hn::StoreU(value, D32(), accumulators);
  }

  /// Asks for the accumulators of four bitlines, and looks up those of the unit before.
  HWY_INLINE static void look_up_four(const ReadoutJob& job, const LookUp& shared, const Unit& unit,
                                      const Unit& before, std::size_t first) {
    SUMLINE_UNROLL for (std::size_t bitline = first; bitline < first + 4; ++bitline) {
      SUMLINE_UNROLL for (std::size_t vector = 0; vector < kUnitVectors; vector += 16) {
        hwy::Prefetch(unit.bitlines[bitline].accumulators + unit.place + vector);
      }
      look_up(job, shared, before, bitline);
    }
  }

  /// The cells of 16 bitlines to tiles 4 and 5, or 6 and 7. @tparam kSixteen 0 or 1 of a group of 32
  template <int kSixteen>
  HWY_INLINE static void load_cells(const MatrixTile* group) {
    load_tile<4 + 2 * kSixteen>(group[2 * kSixteen]);
    load_tile<5 + 2 * kSixteen>(group[2 * kSixteen + 1]);
  }

  /// Tile kSixteen = cells of 16 bitlines times the input bits in tiles 2 and 3; then the next cells, if any.
  template <int kSixteen>
  HWY_INLINE static void multiply(const MatrixTile* next) {
    clear_tile<kSixteen>();
    multiply_tiles<kSixteen, 4 + 2 * kSixteen, 2>();
    multiply_tiles<kSixteen, 5 + 2 * kSixteen, 3>();
    if (next != nullptr) load_cells<kSixteen>(next);
  }

  /// One of four steps of a unit: the products of half a group, and a quarter of the look-ups of the unit before.
  /// Sums are stored when the next products are on their way, so that nothing waits for them.
  /// @param unstored where the sums in tile 1 go @param next the cells of the bitlines that follow, after the
  /// last step
  template <std::size_t kStep>
  HWY_INLINE static void step(const ReadoutJob& job, const LookUp& shared, const BitTiles* bits,
                              const Unit& unit, const Unit& before, MatrixTile*& unstored,
                              const MatrixTile* next) {
    constexpr std::size_t kGroup = kStep / 2, kHalf = kStep % 2;
    load_tile<2>(bits[kGroup][kHalf][0]);
    load_tile<3>(bits[kGroup][kHalf][1]);
    multiply<0>(next);
    look_up_four(job, shared, unit, before, kStep * 8);
    store_tile<1>(*unstored);
    unstored = &(*unit.sums)[1][kGroup][kHalf];
    multiply<1>(next);
    look_up_four(job, shared, unit, before, kStep * 8 + 4);
    store_tile<0>((*unit.sums)[0][kGroup][kHalf]);
  }

  HWY_INLINE static void run_unit(const ReadoutJob& job, const LookUp& shared, const BitTiles* bits,
                                  const Unit& unit, const Unit& before, MatrixTile*& unstored,
                                  const MatrixTile* next) {
    step<0>(job, shared, bits, unit, before, unstored, nullptr);
    step<1>(job, shared, bits, unit, before, unstored, nullptr);
    step<2>(job, shared, bits, unit, before, unstored, nullptr);
    step<3>(job, shared, bits, unit, before, unstored, next);
  }

  /// @param bitlines whole units of them
  static void run(const ReadoutJob& job, const std::vector<BitlineSums>& bitlines, MatrixBuffers& buffers) {
    constexpr std::size_t kColumns = CellPlanes::kMatrixColumns;
    const LookUp shared(job);
    const MatrixTile* cells = job.cells.tiles();
    const MatrixSession session;
    alignas(64) std::int32_t nowhere[32] = {};
    std::array<BitlineSums, kColumns> none;
    none.fill({nowhere, 0});
    buffers.sums[1] = {};
    Unit before{none.data(), 0, &buffers.sums[1]};
    MatrixTile* unstored = &buffers.sums[1][1][1][1];
    clear_tile<1>();
    load_cells<0>(cells);
    load_cells<1>(cells);
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
            const Unit unit{bitlines.data() + column,
                            block * job.accumulators.block_stride() + pass + i * kUnitVectors,
                            &buffers.sums[i]};
            run_unit(job, shared, &buffers.bits[2 * i], unit, before, unstored,
                     i == 0 ? nullptr : cells + next / kColumns * 4);
            before = unit;
          }
        }
      }
    }
    store_tile<1>(*unstored);
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
  if (scaled || job.table.bytes().digits() > 1) {
    MatrixReadout<7, false, kQuads>::run(job, bitlines, buffers);
  } else if (job.table.bytes().saturates()) {
    MatrixReadout<6, true, kQuads>::run(job, bitlines, buffers);
  } else {
    MatrixReadout<7, true, kQuads>::run(job, bitlines, buffers);
  }
}

/// Reads out the columns that fit. See Note [Matrix read-out].
void read_out_by_matrix(const ReadoutJob& job) {
  std::vector<BitlineSums> bitlines;
  for (std::size_t index = 0; index < job.cells.matrix_columns(); ++index) {
    const BitlineTarget& target = job.targets[job.cells.matrix_column(index)];
    bitlines.push_back({job.accumulators.row(0, target.output), target.coefficient});
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
