// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "traces/workload.hpp"

namespace sumline {

/// The codes on a layer's rows for output positions [begin, begin + vectors.size() / layer.rows()), one
/// vector after the other. Position = row * out.width + column; padding reads 0. @param map [in.channels,
/// in.height, in.width]
void gather_inputs(const Layer& layer, std::span<const std::uint8_t> map, std::size_t begin,
                   std::span<std::uint8_t> vectors);

}  // namespace sumline
