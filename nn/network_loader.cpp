// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "configs/presets.hpp"
#include "energy/error.hpp"
#include "nn/network_config.hpp"

namespace sumline {
namespace {

constexpr Range<std::uint32_t> kChannels{1, 1U << 16};
constexpr Range<std::uint32_t> kWindow{1, 64};

/// Reads [[layers]] one by one; a residual block becomes several nodes.
class NodeReader {
 public:
  NodeReader(NetworkConfig& network, std::uint32_t inflate) : network_(network), inflate_(inflate) {}

  void read(const TomlTable& table) {
    const auto kind = table.choice<NodeKind>("kind", {{"convolution", NodeKind::convolution},
                                                      {"linear", NodeKind::linear},
                                                      {"batch-norm", NodeKind::batch_norm},
                                                      {"max-pool", NodeKind::max_pool},
                                                      {"average-pool", NodeKind::average_pool},
                                                      {"flatten", NodeKind::flatten},
                                                      {"relu", NodeKind::relu},
                                                      {"hardtanh", NodeKind::hardtanh},
                                                      {"dropout", NodeKind::dropout},
                                                      {"residual-block", NodeKind::add},
                                                      {"log-softmax", NodeKind::log_softmax}});
    if (kind == NodeKind::add) {
      read_block(table);
    } else {
      read_node(table, kind);
    }
  }

 private:
  std::int32_t append(NodeConfig node) {
    const auto index = static_cast<std::int32_t>(network_.layers.size());
    if (node.name.empty()) node.name = "layers." + std::to_string(index);
    names_.insert(node.name);
    network_.layers.push_back(std::move(node));
    return index;
  }

  std::string read_name(const TomlTable& table) const {
    const std::string name = table.text("name");
    if (names_.count(name) != 0) table.problem("name", "is taken by another layer");
    return name;
  }

  std::uint32_t read_channels(const TomlTable& table) const {
    if (!table.has("inflated_channels")) return table.integer32("channels", kChannels);
    return inflate_ * table.integer32("inflated_channels", kChannels);
  }

  static void read_window(const TomlTable& table, NodeConfig& node) {
    node.kernel = table.integer32("kernel", kWindow);
    if (table.has("stride")) node.stride = table.integer32("stride", kWindow);
    if (table.has("padding")) node.padding = table.integer32("padding", {0, kWindow.high});
    if (node.padding >= node.kernel && node.padding > 0) {
      table.problem("padding", "must be smaller than kernel: a window may not lie outside the map");
    }
  }

  void read_weights(const TomlTable& table, NodeConfig& node) const {
    node.channels = read_channels(table);
    if (table.has("full_precision")) node.full_precision = table.boolean("full_precision");
    if (table.has("reads_sums")) node.reads_sums = table.boolean("reads_sums");
    if (node.kind == NodeKind::convolution && table.has("bias")) node.bias = table.boolean("bias");
  }

  void read_node(const TomlTable& table, NodeKind kind) {
    NodeConfig node;
    node.kind = kind;
    node.input = previous_;
    if (table.has("name")) node.name = read_name(table);
    const bool pool = kind == NodeKind::max_pool || kind == NodeKind::average_pool;
    if (node.has_weights()) read_weights(table, node);
    if (kind == NodeKind::convolution || pool) read_window(table, node);
    if (kind == NodeKind::batch_norm && table.has("affine")) node.affine = table.boolean("affine");
    if (kind == NodeKind::dropout) node.probability = table.number("probability", {0, 0.99});
    previous_ = append(std::move(node));
  }

  /// conv1, bn1, tanh1, conv2, add the block's input (through downsample where asked), bn2, tanh2. Without
  /// `activated`, bn2 stays in the checkpoint but nothing reads it, and tanh2 is left out.
  void read_block(const TomlTable& table) {
    const std::string name = read_name(table);
    const std::uint32_t channels = read_channels(table);
    const std::uint32_t stride = table.has("stride") ? table.integer32("stride", kWindow) : 1;
    const bool downsample = table.has("downsample") && table.boolean("downsample");
    const bool activated = !table.has("activated") || table.boolean("activated");
    const auto convolution = [&](const char* part, std::int32_t input, std::uint32_t step) {
      return append({.kind = NodeKind::convolution,
                     .channels = channels,
                     .kernel = 3,
                     .stride = step,
                     .padding = 1,
                     .name = name + part,
                     .input = input,
                     .bias = true});
    };
    const auto simple = [&](const char* part, NodeKind kind, std::int32_t input) {
      return append({.kind = kind, .name = name + part, .input = input});
    };
    const std::int32_t normalized =
        simple(".bn1", NodeKind::batch_norm, convolution(".conv1", previous_, stride));
    const std::int32_t product = convolution(".conv2", simple(".tanh1", NodeKind::hardtanh, normalized), 1);
    std::int32_t shortcut = previous_;
    if (downsample) {
      shortcut = append({.kind = NodeKind::convolution,
                         .channels = channels,
                         .stride = stride,
                         .name = name + ".downsample.0",
                         .input = shortcut,
                         .full_precision = true});
      shortcut = simple(".downsample.1", NodeKind::batch_norm, shortcut);
    }
    previous_ = append({.kind = NodeKind::add, .name = name + ".add", .input = product, .other = shortcut});
    const std::int32_t second = simple(".bn2", NodeKind::batch_norm, previous_);
    if (activated) previous_ = simple(".tanh2", NodeKind::hardtanh, second);
  }

  NetworkConfig& network_;
  const std::uint32_t inflate_;
  std::int32_t previous_ = -1;
  std::set<std::string> names_;
};

Shape read_image(const TomlTable& root) {
  const auto extents = root.integers("image", {1, 4096});
  if (extents.size() != 3) {
    root.problem("image", "must be [channels, height, width]");
    return {};
  }
  return {static_cast<std::uint32_t>(extents[0]), static_cast<std::uint32_t>(extents[1]),
          static_cast<std::uint32_t>(extents[2])};
}

ConverterArray read_array(const TomlTable& table) {
  return {table.integer32("rows", {1, 4096}),
          table.choice<TileRows>("tile_rows",
                                 {{"reference", TileRows::reference}, {"physical", TileRows::physical}})};
}

void read_quantizers(const TomlTable& root, NetworkConfig& network) {
  network.activations = root.choice<ActivationQuantizer>(
      "activations", {{"hwgq", ActivationQuantizer::hwgq}, {"staircase", ActivationQuantizer::staircase}});
  network.weights = root.choice<WeightQuantizer>(
      "weights", {{"mid-rise", WeightQuantizer::mid_rise}, {"staircase", WeightQuantizer::staircase}});
  const bool staircase = network.activations == ActivationQuantizer::staircase;
  if (staircase != (network.weights == WeightQuantizer::staircase)) {
    root.problem("weights", "must be staircase exactly where activations is");
  }
  if (!staircase) {
    network.weight_bits = root.integer32("weight_bits", {1, 8});
    return;
  }
  network.array = read_array(root.table("converter"));
  network.weight_limit = root.number("weight_limit", {1e-6, 1e6});
  network.initialization = root.choice<Initialization>(
      "initialization",
      {{"uniform", Initialization::uniform}, {"normal-fan-out", Initialization::normal_fan_out}});
}

}  // namespace

NetworkConfig load_network(const std::string& name, const std::vector<TomlOverride>& overrides) {
  const TomlDocument document = open_config("networks", name, overrides);
  const TomlTable root = document.root();
  NetworkConfig network;
  network.name = root.text("name");
  network.source = root.text("source");
  network.image = read_image(root);
  read_quantizers(root, network);
  NodeReader reader(network, root.has("inflate") ? root.integer32("inflate", {1, 64}) : 1);
  for (const TomlTable& table : root.tables("layers")) reader.read(table);
  network.text = document.text();
  document.finish();
  node_shapes(network);
  return network;
}

}  // namespace sumline
