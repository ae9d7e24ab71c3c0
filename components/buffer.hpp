// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>

#include "configs/accelerator.hpp"
#include "energy/actions.hpp"

namespace sumline {

/// The memory of a tile that holds the input maps of the layers at home there.
/// In:     codes that the tile's units or other tiles made.
/// Out:    codes for the banks.
/// Time:   none of its own: the link on either side is the slower.
/// Energy: one buffer_read_bit or buffer_write_bit per bit.
/// Source: `tile.buffer.source` in the preset.
class Buffer : public sc_core::sc_module {
 public:
  Buffer(const sc_core::sc_module_name& name, ActionLedger& ledger);

  void read(std::size_t layer, std::uint64_t bits);
  void write(std::size_t layer, std::uint64_t bits);

 private:
  ActionLedger& ledger_;
};

}  // namespace sumline
