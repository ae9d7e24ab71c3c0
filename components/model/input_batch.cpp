// SPDX-License-Identifier: Apache-2.0
#include "components/model/input_batch.hpp"

#include <algorithm>
#include <cstring>

#include "energy/error.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "components/model/input_batch.cpp"
#include "components/model/simd_targets.hpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

#include "components/model/bit_counters-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace sumline {
namespace HWY_NAMESPACE {
namespace {

constexpr std::size_t kColumns = InputBatch::kVectors / 8;  ///< vectors per bit of a group

/// Transposes the 8 x 8 bits of each lane: bit j of byte t becomes bit t of byte j.
HWY_INLINE Bits transpose_lanes(Bits bits) {
  const auto swap = [](Bits value, std::uint64_t mask, auto shift) {
    const Bits moved = hn::And(hn::Xor(value, hn::ShiftRight<shift()>(value)), hn::Set(DBits(), mask));
    return hn::Xor(value, hn::Xor(moved, hn::ShiftLeft<shift()>(moved)));
  };
  bits = swap(bits, 0x00AA00AA00AA00AA, std::integral_constant<int, 7>());
  bits = swap(bits, 0x0000CCCC0000CCCC, std::integral_constant<int, 14>());
  return swap(bits, 0x00000000F0F0F0F0, std::integral_constant<int, 28>());
}

/// Eight rows of one block. @param codes [8][kColumns]: lane d of entry j = the rows' codes of vector 16 j +
/// d; replaced by the rows' bits: lane d of entry k = row k, byte t its plane t
void slice_rows(std::uint64_t (*codes)[kColumns]) {
  for (std::size_t lane = 0; lane < kColumns; lane += hn::Lanes(DBits())) {
    Bits rows[8];
    SUMLINE_UNROLL for (int i = 0; i < 8; ++i) {
      rows[i] = hn::LoadU(DBits(), codes[i] + lane);
    }
    transpose<64>(rows);
    SUMLINE_UNROLL for (int i = 0; i < 8; ++i) {
      hn::StoreU(transpose_lanes(rows[i]), DBits(), codes[i] + lane);
    }
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace sumline
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sumline {

HWY_EXPORT(slice_rows);

namespace {

constexpr std::size_t kColumns = InputBatch::kVectors / 8;

/// Codes of rows [row, row + 8) of 128 vectors, zero where there are none.
void gather_codes(std::span<const std::uint8_t> codes, std::size_t count, std::uint32_t rows,
                  std::size_t first, std::uint32_t row, std::uint64_t (*gathered)[kColumns]) {
  const std::size_t bytes = std::min<std::size_t>(8, rows - row);
  for (std::size_t vector = 0; vector < InputBatch::kVectors; ++vector) {
    std::uint64_t& word = gathered[vector / kColumns][vector % kColumns];
    word = 0;
    if (first + vector < count) {
      const std::uint8_t* source = codes.data() + (first + vector) * rows + row;
      bytes == 8 ? std::memcpy(&word, source, 8) : std::memcpy(&word, source, bytes);
    }
  }
}

}  // namespace

InputBatch::InputBatch(std::span<const std::uint8_t> codes, std::size_t count, std::uint32_t rows,
                       std::uint32_t planes)
    : count_(count), rows_(rows), planes_(planes) {
  SUMLINE_ASSERT(codes.size() >= count * rows, "a batch needs count * rows codes");
  SUMLINE_ASSERT(planes >= 1 && planes <= 8, "codes have 1..8 bit-planes");
  groups_.resize(blocks() * quads() * rows);
  for (std::size_t block = 0; block < blocks(); ++block) {
    for (std::uint32_t row = 0; row < rows; row += 8) {
      std::uint64_t sliced[8][kColumns];
      gather_codes(codes, count, rows, block * kVectors, row, sliced);
      HWY_DYNAMIC_DISPATCH(slice_rows)(sliced);
      for (std::size_t k = 0; k < std::min<std::size_t>(8, rows - row); ++k) {
        for (std::size_t quad = 0; quad < quads(); ++quad) {
          std::uint8_t* target = groups_[(block * quads() + quad) * rows + row + k].bytes.data();
          for (std::size_t d = 0; d < kColumns; ++d) {
            const auto four = static_cast<std::uint32_t>(sliced[k][d] >> (32 * quad));
            std::memcpy(target + 4 * d, &four, sizeof four);
          }
        }
      }
    }
  }
}

}  // namespace sumline
#endif  // HWY_ONCE
