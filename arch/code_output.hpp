// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arch/chip.hpp"
#include "arch/run_state.hpp"

namespace sumline {

/// Hands the codes of one position to every layer that reads them: over the routers into the buffer of its
/// home tile. Readers that pool take them where they are.
inline void deliver(Requester& requester, RunState& run, Chip& chip, const Outlet& outlet,
                    std::size_t codes) {
  for (const std::uint32_t reader : outlet.buffered) {
    const std::uint32_t home = run.mapping.layers[reader]->home_tile;
    const std::uint64_t bits = codes * run.workload.layers[reader].activations.bits;
    chip.route(requester, reader, outlet.tile, home, bits);
    chip.tile(home).buffer.write(reader, bits);
  }
}

}  // namespace sumline
