// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// The kernels behind every readout: popcounts of bit-planes, read out through a table, weighted and accumulated.
/// SIMD through Highway with run-time dispatch; every target gives the same integers.
namespace sumline {

/// The binary cells of one crossbar (or of several that see the same inputs), packed for the kernel.
/// A multi-bit cell is several bit-planes of a CellPlanes, one per cell bit.
class CellPlanes {
 public:
  /// @param cells [rows, columns], row-major, values 0..2^cell_bits-1. @param rows 1..4096 @param cell_bits 1..4
  CellPlanes(std::span<const std::uint8_t> cells, std::uint32_t rows, std::uint32_t columns, std::uint32_t cell_bits);

  std::uint32_t rows() const { return rows_; }
  std::uint32_t columns() const { return columns_; }
  std::uint32_t cell_bits() const { return cell_bits_; }
  std::uint32_t max_sum() const;  ///< rows * (2^cell_bits - 1): no bitline sum of binary inputs is larger

 private:
  friend struct CellPlanesAccess;
  std::uint32_t rows_;
  std::uint32_t columns_;
  std::uint32_t cell_bits_;
  std::vector<std::uint64_t> words_;
};

/// Input bit-planes of one wordline group: planes[t * words + w], bit k of word w = digit of wordline 64 w + k.
struct InputPlanes {
  std::span<const std::uint64_t> words;
  std::uint32_t planes;
};

/// sums[t, c] = sum over wordlines k of plane_t[k] * cell[k, c].
/// @param sums [planes, columns]
void partial_sums(const CellPlanes& cells, const InputPlanes& inputs, std::span<std::int32_t> sums);

/// accumulators[c] += sum over planes t of weight[t] * table[sum(t, c)], the readout folded into the shift-and-add.
/// @param table at least cells.max_sum() + 1 entries @param weights one per plane @param accumulators [columns]
void read_out(const CellPlanes& cells, const InputPlanes& inputs, std::span<const std::int32_t> table,
              std::span<const std::int32_t> weights, std::span<std::int32_t> accumulators);

/// Name of the SIMD target the dispatcher chose, e.g. "AVX3_DL".
const char* simd_target();

}  // namespace sumline
