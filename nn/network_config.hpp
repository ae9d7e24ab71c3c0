// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nn/quantizers/kinds.hpp"
#include "traces/workload.hpp"

/// A network as its TOML file describes it (configs/presets/networks/*.toml). Without Torch.
namespace sumline {

enum class NodeKind : std::uint8_t { convolution, linear, batch_norm, max_pool, flatten, relu };

/// One [[layers]] table; number i is module "layers.i" in the checkpoint.
struct NodeConfig {
  NodeKind kind = NodeKind::flatten;
  std::uint32_t channels = 0;  ///< outputs of a convolution or a linear layer
  std::uint32_t kernel = 1;    ///< square window of a convolution or max-pool
  std::uint32_t stride = 1;
  std::uint32_t padding = 0;

  /// Convolutions and linear layers quantise their inputs and weights.
  bool quantized() const { return kind == NodeKind::convolution || kind == NodeKind::linear; }
};

struct NetworkConfig {
  std::string name;
  std::string source;
  Shape image;
  ActivationQuantizer activations = ActivationQuantizer::hwgq;
  WeightQuantizer weights = WeightQuantizer::mid_rise;
  std::uint32_t weight_bits = 0;
  std::vector<NodeConfig> layers;
  std::string text;  ///< the file, as TOML

  std::uint32_t classes() const { return layers.back().channels; }
};

/// @param name a preset ("lenet5") or the path of a TOML file
/// @throws Error with every problem of the file, one per line
NetworkConfig load_network(const std::string& name);

/// "layers.<index>": the module's name, and the prefix of its parameters.
std::string node_name(std::size_t index);

/// Map behind each node, from the image on. `flattened` maps keep their [channels, height, width].
/// @throws Error naming the layer where kinds or sizes do not fit together
std::vector<Shape> node_shapes(const NetworkConfig& network);

/// Quantisers of each node, in order (unused for nodes without weights).
/// @param bits one digit 1..8 per quantised layer, in order; or "float": no quantisation at all
/// @throws Error where `bits` has another length or another character
std::vector<LayerQuantizers> assign_bits(const NetworkConfig& network, const std::string& bits);

}  // namespace sumline
