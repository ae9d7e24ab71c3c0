// SPDX-License-Identifier: Apache-2.0
#include "arch/wiring.hpp"

#include <algorithm>

#include "arch/network_graph.hpp"

namespace sumline {
Wiring::Wiring(const Workload& workload, const Mapping& mapping) : images{}, layers(workload.layers.size()) {
  for (std::uint32_t index = 0; index < layers.size(); ++index) {
    if (workload.layers[index].has_weights() && producer(workload, index) < 0) {
      image_fed.push_back(index);
    }
  }
  images.tile = mapping.layers[image_fed.front()]->home_tile;
  for (std::uint32_t index = 0; index < layers.size(); ++index) {
    const Layer& layer = workload.layers[index];
    Outlet& source = layer.input < 0 ? images : layers[static_cast<std::size_t>(layer.input)];
    source.readers.push_back(index);
    if (layer.has_weights()) {
      source.buffered.push_back(index);
      layers[index].tile = mapping.layers[index]->home_tile;
    } else {
      layers[index].tile = source.tile;
    }
  }
}

std::uint64_t needed_inputs(const Layer& layer, std::uint32_t position) {
  if (layer.kind == LayerKind::linear) {
    return layer.in.positions();
  }
  const auto last = [&](std::uint32_t index, std::uint32_t size) {
    const std::uint32_t end = index * layer.stride + layer.kernel;
    return std::min(std::max(end, layer.padding + 1) - layer.padding, size) - 1;
  };
  const std::uint64_t row = last(position / layer.out.width, layer.in.height);
  return row * layer.in.width + last(position % layer.out.width, layer.in.width) + 1;
}

}  // namespace sumline
