// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "components/model/cell_planes.hpp"

/// Partial sums of one input vector, for one crossbar at a time. Many vectors at once:
/// components/model/batch_readout.hpp.
namespace sumline {

/// Input bit-planes of one wordline group: words[t * ceil(rows / 64) + w], bit k of word w = digit of
/// wordline 64 w + k.
struct InputPlanes {
  std::span<const std::uint64_t> words;
  std::uint32_t planes;
};

/// sums[t, c] = sum over wordlines k of plane_t[k] * cell[k, c].
/// @param sums [planes, columns], replaced
void partial_sums(const CellPlanes& cells, const InputPlanes& inputs, std::span<std::int32_t> sums);

/// accumulators[c] += sum over planes t of weights[t] * table[sum(t, c)], the readout folded into the
/// shift-and-add.
/// @param table at least cells.max_sum() + 1 entries @param weights one per plane @param accumulators
/// [columns]
void read_out(const CellPlanes& cells, const InputPlanes& inputs, std::span<const std::int32_t> table,
              std::span<const std::int32_t> weights, std::span<std::int32_t> accumulators);

/// One read of an operation unit: sums[c] = sum of cell[k, column_begin + c] over the wordlines k of
/// [row_begin, row_begin + row_count) whose bit is set. @param active bit k of word w = digit of wordline 64
/// w + k, all wordlines of the crossbar
/// @param sums replaced, at most columns() - column_begin
void ou_sums(const CellPlanes& cells, std::span<const std::uint64_t> active, std::uint32_t row_begin,
             std::uint32_t row_count, std::uint32_t column_begin, std::span<std::int32_t> sums);

/// Name of the SIMD target the dispatcher chose, e.g. "AVX3_DL".
const char* simd_target();

}  // namespace sumline
