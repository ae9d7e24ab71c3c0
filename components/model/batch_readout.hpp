// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "components/model/cell_planes.hpp"
#include "components/model/input_batch.hpp"

namespace sumline {

/// Where the codes of one bitline go: output `output` receives them times `coefficient`.
struct BitlineTarget {
  std::uint32_t output;
  std::int32_t coefficient;
};

/// accumulators[target[c].output, v] += target[c].coefficient * sum over planes t of weights[t] *
/// table[sum(c, t, v)], where sum(c, t, v) = sum over wordlines k of cell[k, c] * (bit t of the code of row
/// first_row + k in vector v). Fastest for whole blocks of vectors, cells.max_sum() below 256 and a table
/// that spans at most 256 values; exact everywhere.
/// @param table at least cells.max_sum() + 1 entries @param weights one per plane, 0..255, planes 2 i and 2 i
/// + 1 together at most 255 @param targets one per column @param accumulators [outputs, inputs.stride()]
void read_out(const CellPlanes& cells, const InputBatch& inputs, std::uint32_t first_row,
              std::span<const std::int32_t> table, std::span<const std::uint8_t> weights,
              std::span<const BitlineTarget> targets, std::span<std::int32_t> accumulators);

/// Name of the SIMD target the dispatcher chose, e.g. "AVX3_DL".
const char* simd_target();

}  // namespace sumline
