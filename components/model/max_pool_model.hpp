// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "traces/workload.hpp"

namespace sumline {

/// Largest code of every window of a max_pool layer. @param map [in] @param pooled [out]
void max_pool(const Layer& layer, std::span<const std::uint8_t> map, std::span<std::uint8_t> pooled);

/// Compares for one image: codes under each window minus one; padding is not compared.
std::uint64_t pool_compares(const Layer& layer);

}  // namespace sumline
