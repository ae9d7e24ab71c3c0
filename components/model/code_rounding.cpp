// SPDX-License-Identifier: Apache-2.0
#include "components/model/code_rounding.hpp"

#include <algorithm>

namespace sumline {

CodeRounding::CodeRounding(const CodeFormat& found, const CodeFormat& wanted)
    : identity_(found == wanted), table_{} {
  // Code u stands for u / (levels - 1) of the range, so `share` codes are nearest to one level.
  const std::uint32_t share = identity_ ? 1 : (found.levels() - 1) / (wanted.levels() - 1);
  for (std::uint32_t code = 0; code < table_.size(); ++code) {
    table_[code] = static_cast<std::uint8_t>((2 * code + share) / (2 * share));
  }
}

CodeRounding::CodeRounding(const Workload& workload, const Layer& layer)
    : CodeRounding(content_of(workload, layer.input) == Content::codes ? format_of(workload, layer.input)
                                                                       : layer.activations,
                   layer.activations) {}

void CodeRounding::apply(std::span<std::uint8_t> codes) const {
  std::ranges::transform(codes, codes.begin(), [&](std::uint8_t found) { return table_[found]; });
}

}  // namespace sumline
