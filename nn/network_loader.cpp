// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <utility>

#include "configs/presets.hpp"
#include "energy/error.hpp"
#include "nn/network_config.hpp"
#include "nn/plain_stage.hpp"
#include "nn/residual_stage.hpp"

namespace sumline {
namespace {

constexpr Range<std::uint32_t> kChannels{1, 1U << 16};
constexpr Range<std::uint32_t> kWindow{1, 64};

/// Reads [[layers]] one by one; a residual block becomes several nodes.
class NodeReader {
 public:
  NodeReader(NetworkConfig& network, std::uint32_t inflate, std::uint32_t classes)
      : network_(network), inflate_(inflate), classes_(classes) {}

  /// A table that is for images of another size is read all the same, so that a misspelt key is found.
  void read(const TomlTable& table) {
    if (fits_image(table)) return read_layers(table);
    const std::size_t count = network_.layers.size();
    const std::int32_t previous = previous_;
    const std::set<std::string> names = std::exchange(names_, {});
    read_layers(table);
    network_.layers.resize(count);
    previous_ = previous;
    names_ = names;
  }

 private:
  bool fits_image(const TomlTable& table) const {
    const std::uint32_t side = std::max(network_.image.height, network_.image.width);
    const bool small = !table.has("up_to_pixels") || side <= table.integer32("up_to_pixels", {1, 4096});
    const bool large = !table.has("from_pixels") || side >= table.integer32("from_pixels", {1, 4096});
    return small && large;
  }

  void read_layers(const TomlTable& table) {
    const std::string kind_name = table.text("kind");
    if (kind_name == "residual-stage") return read_residual_stage(table);
    if (kind_name == "plain-stage") return read_plain_stage(table);
    const auto kind = table.choice<NodeKind>("kind", {{"convolution", NodeKind::convolution},
                                                      {"linear", NodeKind::linear},
                                                      {"batch-norm", NodeKind::batch_norm},
                                                      {"max-pool", NodeKind::max_pool},
                                                      {"average-pool", NodeKind::average_pool},
                                                      {"adaptive-pool", NodeKind::adaptive_pool},
                                                      {"flatten", NodeKind::flatten},
                                                      {"pact", NodeKind::pact},
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

  std::uint32_t read_channels(const TomlTable& table, bool linear = false) const {
    if (linear && classes_ != 0 && !table.has("channels")) return classes_;
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
    node.channels = read_channels(table, node.kind == NodeKind::linear);
    if (table.has("exact")) node.exact = table.boolean("exact");
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
    if (kind == NodeKind::adaptive_pool) node.size = table.integer32("size", kWindow);
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

  static NodeKind read_activation(const TomlTable& table) {
    return table.choice<NodeKind>("activation", {{"pact", NodeKind::pact}, {"relu", NodeKind::relu}});
  }

  void read_residual_stage(const TomlTable& table) {
    ResidualStage stage;
    stage.name = read_name(table);
    stage.block = table.choice<ResidualBlock>(
        "block", {{"basic", ResidualBlock::basic}, {"bottleneck", ResidualBlock::bottleneck}});
    stage.blocks = table.integer32("blocks", {1, 1000});
    stage.channels = read_channels(table);
    stage.stride = table.integer32("stride", kWindow);
    stage.activation = read_activation(table);
    if (network_.layers.empty()) {
      table.problem("kind", "must not be the first layer: a residual stage needs a map in front of it");
      return;
    }
    append_stage(stage, front_channels(), network_.layers);
    previous_ = static_cast<std::int32_t>(network_.layers.size()) - 1;
    names_.insert(stage.name);
  }

  void read_plain_stage(const TomlTable& table) {
    PlainStage stage;
    stage.name = read_name(table);
    stage.first = table.integer32("first", {0, 1000});
    for (const std::uint64_t channels : table.integers("inflated_channels", {0, kChannels.high})) {
      stage.channels.push_back(static_cast<std::uint32_t>(channels) * inflate_);
    }
    stage.activation = read_activation(table);
    append_stage(stage, network_.layers);
    previous_ = static_cast<std::int32_t>(network_.layers.size()) - 1;
    names_.insert(stage.name);
  }

  /// Channels of the map behind the last layer.
  std::uint32_t front_channels() const {
    const auto convolution = std::find_if(network_.layers.rbegin(), network_.layers.rend(),
                                          [](auto& node) { return node.kind == NodeKind::convolution; });
    return convolution == network_.layers.rend() ? network_.image.channels : convolution->channels;
  }

  NetworkConfig& network_;
  const std::uint32_t inflate_;
  const std::uint32_t classes_;  ///< of the last layer, 0: it says itself
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
  network.activations =
      root.choice<ActivationQuantizer>("activations", {{"hwgq", ActivationQuantizer::hwgq},
                                                       {"staircase", ActivationQuantizer::staircase},
                                                       {"min-max", ActivationQuantizer::min_max}});
  network.weights = root.choice<WeightQuantizer>("weights", {{"mid-rise", WeightQuantizer::mid_rise},
                                                             {"staircase", WeightQuantizer::staircase},
                                                             {"min-max", WeightQuantizer::min_max}});
  const bool staircase = network.activations == ActivationQuantizer::staircase;
  if (staircase != (network.weights == WeightQuantizer::staircase)) {
    root.problem("weights", "must be staircase exactly where activations is");
  }
  const bool min_max = network.activations == ActivationQuantizer::min_max;
  if (min_max != (network.weights == WeightQuantizer::min_max)) {
    root.problem("weights", "must be min-max exactly where activations is: both make a bit-wise layer");
  }
  if (root.has("initialization")) {
    network.initialization = root.choice<Initialization>(
        "initialization",
        {{"uniform", Initialization::uniform}, {"normal-fan-out", Initialization::normal_fan_out}});
  }
  if (!staircase) {
    network.weight_bits = root.integer32("weight_bits", {1, 8});
    return;
  }
  network.array = read_array(root.table("converter"));
  network.weight_limit = root.number("weight_limit", {1e-6, 1e6});
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
  NodeReader reader(network, root.has("inflate") ? root.integer32("inflate", {1, 1024}) : 1,
                    root.has("classes") ? root.integer32("classes", kChannels) : 0);
  for (const TomlTable& table : root.tables("layers")) reader.read(table);
  network.text = document.text();
  document.finish();
  node_shapes(network);
  return network;
}

}  // namespace sumline
