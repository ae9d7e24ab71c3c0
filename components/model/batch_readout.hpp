// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/byte_tables.hpp"
#include "components/model/cell_planes.hpp"
#include "components/model/input_batch.hpp"

namespace sumline {

/// One number per output and input vector, zero at first. The outputs of one block of vectors lie together, so that
/// the pages and caches that a block needs are few; a row is one cache line longer than the block, so that the same
/// vectors of neighbouring outputs do not share a set of the cache.
class BatchAccumulators {
 public:
  BatchAccumulators(const InputBatch& inputs, std::size_t outputs)
      : blocks_(inputs.blocks()), outputs_(outputs), values_(blocks_ * outputs * kRow) {}

  std::size_t blocks() const { return blocks_; }
  std::size_t outputs() const { return outputs_; }
  /// [InputBatch::kVectors] @param block below blocks() @param output below outputs()
  std::int32_t* row(std::size_t block, std::size_t output) {
    return values_.data() + (block * outputs_ + output) * kRow;
  }
  std::int32_t& at(std::size_t output, std::size_t vector) {
    return row(vector / InputBatch::kVectors, output)[vector % InputBatch::kVectors];
  }

  /// From a row to that of the same output in the next block.
  std::size_t block_stride() const { return outputs_ * kRow; }

 private:
  static constexpr std::size_t kRow = InputBatch::kVectors + 16;

  std::size_t blocks_;
  std::size_t outputs_;
  std::vector<std::int32_t> values_;
};

/// A readout table, prepared once for many read-outs.
class ReadoutTable {
 public:
  /// @param entries [sum], for every sum of the columns to read
  explicit ReadoutTable(std::span<const std::int32_t> entries)
      : entries_(entries.begin(), entries.end()),
        bytes_(entries.first(std::min<std::size_t>(entries.size(), ByteTables::kEntries))) {}

  std::span<const std::int32_t> entries() const { return entries_; }
  /// The first 256 entries.
  const ByteTables& bytes() const { return bytes_; }

 private:
  std::vector<std::int32_t> entries_;
  ByteTables bytes_;
};

/// Where the codes of one bitline go: output `output` receives them times `coefficient`.
struct BitlineTarget {
  std::uint32_t output;
  std::int32_t coefficient;
};

/// accumulators.at(target[c].output, v) += target[c].coefficient * sum over planes t of weights[t] *
/// table.entries()[sum(c, t, v)], where sum(c, t, v) = sum over wordlines k of cell[k, c] * (bit t of the code of row
/// first_row + k in vector v). Fastest for whole blocks of vectors, cells.max_sum() below 256 and a table
/// that spans at most 256 values; exact everywhere.
/// @param table of at least cells.max_sum() + 1 entries @param weights one per plane, 0..255, planes 2 i and 2 i
/// + 1 together at most 255 @param targets one per column @param accumulators of `inputs` @param matrix_unit
/// whether columns that fit it go there; false leaves all to the vector units
void read_out(const CellPlanes& cells, const InputBatch& inputs, std::uint32_t first_row,
              const ReadoutTable& table, std::span<const std::uint8_t> weights,
              std::span<const BitlineTarget> targets, BatchAccumulators& accumulators,
              bool matrix_unit = true);

/// Name of the SIMD target the dispatcher chose, e.g. "AVX3_DL".
const char* simd_target();

/// True if read_out() may send columns to a matrix unit: one is there, and so are the vectors that look its sums up.
bool reads_by_matrix();

}  // namespace sumline
