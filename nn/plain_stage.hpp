// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/network_config.hpp"

namespace sumline {

/// 3x3 convolutions with bias in a row, each with batch norm and activation, and 2x2 max-pools between them:
/// one
/// [[layers]] table of kind "plain".
struct PlainStage {
  std::string name;  ///< module i is "<name>.<first + i>", numbered through as in torchvision's VGG
  std::uint32_t first = 0;
  std::vector<std::uint32_t> channels;   ///< of each convolution; 0 = max-pool
  NodeKind activation = NodeKind::pact;  ///< pact: one module "<name>.pact" behind all convolutions
};

void append_stage(const PlainStage& stage, std::vector<NodeConfig>& layers);

}  // namespace sumline
