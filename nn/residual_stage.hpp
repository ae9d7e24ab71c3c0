// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/network_config.hpp"

namespace sumline {

enum class ResidualBlock : std::uint8_t {
  basic,       ///< two 3x3 convolutions
  bottleneck,  ///< 1x1, 3x3, 1x1 with four times the channels; the stride is on the 3x3
};

/// Several residual blocks in a row: one [[layers]] table of kind "residual".
struct ResidualStage {
  std::string name;  ///< block i is "<name>.<i>"
  ResidualBlock block = ResidualBlock::basic;
  std::uint32_t blocks = 1;
  std::uint32_t channels = 0;            ///< of the 3x3 convolutions
  std::uint32_t stride = 1;              ///< of the first block
  NodeKind activation = NodeKind::pact;  ///< one module per block, used behind each of its sums
};

/// Appends the stage's layers under the names of torchvision's ResNet. @param channels of the map in front of
/// the stage, which the last layer gives
void append_stage(const ResidualStage& stage, std::uint32_t channels, std::vector<NodeConfig>& layers);

}  // namespace sumline
