// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <systemc>

#include "components/accumulator.hpp"
#include "components/buffer.hpp"
#include "components/digital_unit.hpp"
#include "components/link.hpp"
#include "components/lut_unit.hpp"
#include "components/max_pool.hpp"
#include "components/pac_engine.hpp"
#include "components/sparsity_encoder.hpp"
#include "configs/accelerator.hpp"

namespace sumline {

/// What the banks of a tile share: the buffer with the input maps, the bus between it and the banks, and the
/// units that make codes of accumulators, or what needs no arrays.
class Tile : public sc_core::sc_module {
 public:
  Tile(const sc_core::sc_module_name& name, const Accelerator& accelerator, ActionLedger& ledger);

  Buffer buffer;
  Link bus;
  Accumulator accumulator;
  std::optional<DigitalUnit> digital;  ///< where the chip has it
  LutUnit lut;
  MaxPool max_pool;
  std::optional<PacEngine> pac_engine;              ///< with an approximation
  std::optional<SparsityEncoder> sparsity_encoder;  ///< likewise
};

}  // namespace sumline
