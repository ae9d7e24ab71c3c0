// SPDX-License-Identifier: Apache-2.0
#include "nn/plain_stage.hpp"

namespace sumline {

void append_stage(const PlainStage& stage, std::vector<NodeConfig>& layers) {
  std::uint32_t index = stage.first;
  const auto numbered = [&] { return stage.name + '.' + std::to_string(index++); };
  const auto last = [&] { return static_cast<std::int32_t>(layers.size()) - 1; };
  for (const std::uint32_t channels : stage.channels) {
    if (channels == 0) {
      layers.push_back(
          {.kind = NodeKind::max_pool, .kernel = 2, .stride = 2, .name = numbered(), .input = last()});
      continue;
    }
    layers.push_back({.kind = NodeKind::convolution,
                      .channels = channels,
                      .kernel = 3,
                      .padding = 1,
                      .name = numbered(),
                      .input = last(),
                      .bias = true});
    layers.push_back({.kind = NodeKind::batch_norm, .name = numbered(), .input = last()});
    const std::string activation = numbered();
    layers.push_back({.kind = stage.activation,
                      .name = stage.activation == NodeKind::pact ? stage.name + ".pact" : activation,
                      .input = last()});
  }
}

}  // namespace sumline
