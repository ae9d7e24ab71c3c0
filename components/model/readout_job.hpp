// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "components/model/batch_readout.hpp"

namespace sumline {

/// What read_out() hands to the instruction set that the dispatcher chose.
struct ReadoutJob {
  const CellPlanes& cells;
  const InputBatch& inputs;
  std::uint32_t first_row;
  const ReadoutTable& table;
  std::array<std::uint8_t, 8> weights;  ///< zero past the last plane
  std::span<const BitlineTarget> targets;
  BatchAccumulators& accumulators;
  std::size_t cached_bytes;  ///< of inputs that all columns meet before the next ones
  bool matrix_unit;          ///< may be used
};

}  // namespace sumline
