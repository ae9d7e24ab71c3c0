// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "components/model/code_rounding.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// Layer::padding_codes or, without them, the code for 0. @return [in.channels]
std::vector<std::uint8_t> padding_codes(const Layer& layer);

/// The codes on a layer's rows for output positions [begin, begin + vectors.size() / layer.rows()), one
/// vector after the other. Position = row * out.width + column; padding reads padding_codes(). @param map [in.channels, in.height, in.width] @param rounding of the map's codes
void gather_inputs(const Layer& layer, const CodeRounding& rounding, std::span<const std::uint8_t> map,
                   std::size_t begin, std::span<std::uint8_t> vectors);

}  // namespace sumline
