// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "arch/mapping.hpp"
#include "energy/actions.hpp"

/// The counts of docs/counting.md in closed form.
namespace sumline {

/// Books everything else for `images` images: what the mapping decides and no data.
void count_traffic(ActionLedger& ledger, const Workload& workload, const Accelerator& accelerator,
                   const Mapping& mapping, std::uint64_t images);

/// Input codes that the digital offset correction of one bank adds up for one position.
std::uint64_t offset_adds(const LayerMapping& mapping, const BankPlacement& bank,
                          const Accelerator& accelerator);

}  // namespace sumline
