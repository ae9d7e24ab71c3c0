// SPDX-License-Identifier: Apache-2.0
#include "nn/residual_stage.hpp"

namespace sumline {
namespace {

constexpr std::uint32_t kExpansion = 4;

/// Appends the layers of one block, each behind the other but for the shortcut.
class BlockBuilder {
 public:
  BlockBuilder(const std::string& name, NodeKind activation, std::vector<NodeConfig>& layers)
      : name_(name + '.'), activation_(activation), layers_(layers), input_(last()) {}

  void convolution(const std::string& name, std::uint32_t channels, std::uint32_t kernel,
                   std::uint32_t stride) {
    add({.kind = NodeKind::convolution,
         .channels = channels,
         .kernel = kernel,
         .stride = stride,
         .padding = kernel / 2},
        name);
  }
  void batch_norm(const std::string& name) { add({.kind = NodeKind::batch_norm}, name); }
  void activation() { add({.kind = activation_}, "relu"); }

  /// Adds the block's input, through a 1x1 convolution where `channels` or `stride` change the map.
  void shortcut(std::uint32_t in_channels, std::uint32_t channels, std::uint32_t stride) {
    const std::int32_t branch = last();
    std::int32_t other = input_;
    if (stride != 1 || in_channels != channels) {
      convolution("downsample.0", channels, 1, stride);
      layers_.back().input = input_;
      batch_norm("downsample.1");
      other = last();
    }
    add({.kind = NodeKind::add, .input = branch, .other = other}, "add");
  }

 private:
  std::int32_t last() const { return static_cast<std::int32_t>(layers_.size()) - 1; }
  void add(NodeConfig node, const std::string& name) {
    node.name = name_ + name;
    if (node.kind != NodeKind::add) node.input = last();
    layers_.push_back(std::move(node));
  }

  const std::string name_;
  const NodeKind activation_;
  std::vector<NodeConfig>& layers_;
  const std::int32_t input_;
};

void append_block(const ResidualStage& stage, const std::string& name, std::uint32_t in_channels,
                  std::uint32_t stride, std::vector<NodeConfig>& layers) {
  BlockBuilder block(name, stage.activation, layers);
  if (stage.block == ResidualBlock::basic) {
    block.convolution("conv1", stage.channels, 3, stride);
    block.batch_norm("bn1");
    block.activation();
    block.convolution("conv2", stage.channels, 3, 1);
    block.batch_norm("bn2");
    block.shortcut(in_channels, stage.channels, stride);
  } else {
    block.convolution("conv1", stage.channels, 1, 1);
    block.batch_norm("bn1");
    block.activation();
    block.convolution("conv2", stage.channels, 3, stride);
    block.batch_norm("bn2");
    block.activation();
    block.convolution("conv3", stage.channels * kExpansion, 1, 1);
    block.batch_norm("bn3");
    block.shortcut(in_channels, stage.channels * kExpansion, stride);
  }
  block.activation();
}

}  // namespace

void append_stage(const ResidualStage& stage, std::uint32_t channels, std::vector<NodeConfig>& layers) {
  const std::uint32_t out =
      stage.block == ResidualBlock::basic ? stage.channels : stage.channels * kExpansion;
  for (std::uint32_t i = 0; i < stage.blocks; ++i) {
    append_block(stage, stage.name + '.' + std::to_string(i), i == 0 ? channels : out,
                 i == 0 ? stage.stride : 1, layers);
  }
}

}  // namespace sumline
