// SPDX-License-Identifier: Apache-2.0
#include "configs/presets.hpp"
#include "energy/error.hpp"
#include "nn/network_config.hpp"

namespace sumline {
namespace {

constexpr Range<std::uint32_t> kChannels{1, 1U << 16};
constexpr Range<std::uint32_t> kWindow{1, 64};

void read_window(const TomlTable& table, NodeConfig& node) {
  node.kernel = table.integer32("kernel", kWindow);
  if (table.has("stride")) node.stride = table.integer32("stride", kWindow);
  if (table.has("padding")) node.padding = table.integer32("padding", {0, kWindow.high});
  if (node.padding >= node.kernel && node.padding > 0) {
    table.problem("padding", "must be smaller than kernel: a window may not lie outside the map");
  }
}

NodeConfig read_node(const TomlTable& table) {
  NodeConfig node;
  node.kind = table.choice<NodeKind>("kind", {{"convolution", NodeKind::convolution},
                                              {"linear", NodeKind::linear},
                                              {"batch-norm", NodeKind::batch_norm},
                                              {"max-pool", NodeKind::max_pool},
                                              {"flatten", NodeKind::flatten},
                                              {"relu", NodeKind::relu}});
  if (node.quantized()) node.channels = table.integer32("channels", kChannels);
  if (node.kind == NodeKind::convolution || node.kind == NodeKind::max_pool) read_window(table, node);
  return node;
}

Shape read_image(const TomlTable& root) {
  const auto extents = root.integers("image", {1, 4096});
  if (extents.size() != 3) {
    root.problem("image", "must be [channels, height, width]");
    return {};
  }
  return {static_cast<std::uint32_t>(extents[0]), static_cast<std::uint32_t>(extents[1]),
          static_cast<std::uint32_t>(extents[2])};
}

}  // namespace

NetworkConfig load_network(const std::string& name) {
  const TomlDocument document = open_config("networks", name);
  const TomlTable root = document.root();
  NetworkConfig network;
  network.name = root.text("name");
  network.source = root.text("source");
  network.image = read_image(root);
  network.activations =
      root.choice<ActivationQuantizer>("activations", {{"hwgq", ActivationQuantizer::hwgq}});
  network.weights = root.choice<WeightQuantizer>("weights", {{"mid-rise", WeightQuantizer::mid_rise}});
  network.weight_bits = root.integer32("weight_bits", {1, 8});
  for (const TomlTable& table : root.tables("layers")) network.layers.push_back(read_node(table));
  network.text = document.text();
  document.finish();
  node_shapes(network);
  return network;
}

}  // namespace sumline
