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
    case NodeKind::average_pool:
      if (flat) throw Error(place + ": a convolution or pool cannot follow flatten");
      return {node.kind == NodeKind::convolution ? node.channels : in.channels,
              windows(node, in.height, place), windows(node, in.width, place)};
    case NodeKind::adaptive_pool:
      if (flat) throw Error(place + ": a convolution or pool cannot follow flatten");
      return {in.channels, node.size, node.size};
    case NodeKind::linear:
      if (!flat) throw Error(place + ": a linear layer needs a flatten layer before it");
      return {node.channels, 1, 1};
    case NodeKind::batch_norm:
      if (flat && in.positions() > 1)
        throw Error(place + ": batch-norm must stand before flatten, or behind a linear layer");
      return in;
    case NodeKind::flatten:
    case NodeKind::relu:
    case NodeKind::pact:
    case NodeKind::hardtanh:
    case NodeKind::dropout:
    case NodeKind::add:
    case NodeKind::log_softmax:
      return in;
  }
  throw InternalError(place + ": unknown kind of layer");
}

/// The node whose outputs are the logits.
const NodeConfig& last_linear(const NetworkConfig& network) {
  const auto found = std::find_if(network.layers.rbegin(), network.layers.rend(), [](const NodeConfig& node) {
    return node.kind != NodeKind::batch_norm && node.kind != NodeKind::log_softmax;
  });
  if (found == network.layers.rend() || found->kind != NodeKind::linear) {
    throw Error(
        fmt::format("network {}: the last layer must be linear (batch-norm and log-softmax may follow): it "
                    "gives the logits",
                    network.name));
  }
  return *found;
}

}  // namespace

std::uint32_t NetworkConfig::classes() const {
  return last_linear(*this).channels;
}

std::vector<Shape> node_shapes(const NetworkConfig& network) {
  std::vector<Shape> shapes;
  std::vector<bool> flat;
  for (const NodeConfig& node : network.layers) {
    const std::string place = fmt::format("network {}: {}", network.name, node.name);
    const auto from = static_cast<std::size_t>(node.input);
    const Shape& in = node.input < 0 ? network.image : shapes[from];
    const bool flattened = node.input >= 0 && flat[from];
    shapes.push_back(node_shape(node, in, flattened, place));
    flat.push_back(flattened || node.kind == NodeKind::flatten);
    if (node.kind == NodeKind::add && in != shapes[static_cast<std::size_t>(node.other)]) {
      throw Error(place + ": its two inputs have different shapes");
    }
  }
  last_linear(network);
  return shapes;
}

}  // namespace sumline
