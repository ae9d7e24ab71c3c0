// SPDX-License-Identifier: Apache-2.0
#include "nn/network_config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "energy/error.hpp"

namespace sumline {
namespace {

/// Length of the output of a sliding window over `length` cells.
std::uint32_t windows(const NodeConfig& node, std::uint32_t length, const std::string& place) {
  const std::uint32_t padded = length + 2 * node.padding;
  if (node.kernel > padded) {
    throw Error(fmt::format("{}: kernel = {}: larger than its input of {} cells (padding included)", place,
                            node.kernel, padded));
  }
  return (padded - node.kernel) / node.stride + 1;
}

Shape node_shape(const NodeConfig& node, const Shape& in, bool flat, const std::string& place) {
  switch (node.kind) {
    case NodeKind::convolution:
    case NodeKind::max_pool:
      if (flat) throw Error(place + ": a convolution or max_pool cannot follow flatten");
      return {node.kind == NodeKind::convolution ? node.channels : in.channels,
              windows(node, in.height, place), windows(node, in.width, place)};
    case NodeKind::linear:
      if (!flat) throw Error(place + ": a linear layer needs a flatten layer before it");
      return {node.channels, 1, 1};
    case NodeKind::batch_norm:
      if (flat) throw Error(place + ": batch_norm must stand before flatten");
      return in;
    case NodeKind::flatten:
    case NodeKind::relu:
      return in;
  }
  throw InternalError(place + ": unknown kind of layer");
}

std::uint32_t digit(const NetworkConfig& network, const std::string& bits, std::size_t position) {
  const char c = bits[position];
  if (c < '1' || c > '8') {
    throw Error(fmt::format("bits = \"{}\": digit {} is '{}': each of {}'s layers takes 1..8", bits,
                            position + 1, c, network.name));
  }
  return static_cast<std::uint32_t>(c - '0');
}

}  // namespace

std::string node_name(std::size_t index) {
  return "layers." + std::to_string(index);
}

std::vector<Shape> node_shapes(const NetworkConfig& network) {
  std::vector<Shape> shapes;
  Shape in = network.image;
  bool flat = false;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const NodeConfig& node = network.layers[i];
    in = node_shape(node, in, flat, fmt::format("network {}: {}", network.name, node_name(i)));
    flat = flat || node.kind == NodeKind::flatten;
    shapes.push_back(in);
  }
  if (network.layers.empty() || network.layers.back().kind != NodeKind::linear) {
    throw Error(fmt::format("network {}: the last layer must be linear: it gives the logits", network.name));
  }
  return shapes;
}

std::vector<LayerQuantizers> assign_bits(const NetworkConfig& network, const std::string& bits) {
  std::vector<LayerQuantizers> assigned(network.layers.size());
  if (bits == "float") return assigned;
  const auto quantized = static_cast<std::size_t>(
      std::count_if(network.layers.begin(), network.layers.end(), [](auto& n) { return n.quantized(); }));
  if (bits.size() != quantized) {
    throw Error(fmt::format("bits = \"{}\": {} digits: {} has {} quantised layers, one digit 1..8 each", bits,
                            bits.size(), network.name, quantized));
  }
  std::size_t position = 0;
  for (std::size_t i = 0; i < assigned.size(); ++i) {
    if (!network.layers[i].quantized()) continue;
    assigned[i] = {network.activations, digit(network, bits, position++), network.weights,
                   network.weight_bits};
  }
  return assigned;
}

}  // namespace sumline
