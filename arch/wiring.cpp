// SPDX-License-Identifier: Apache-2.0
#include "arch/wiring.hpp"

#include <algorithm>

#include "arch/layer_homes.hpp"

namespace sumline {
namespace {

std::uint64_t encoded_bits(const Layer& layer, const Mapping& mapping, std::size_t index) {
  const auto& placed = mapping.layers[index];
  return placed && placed->rule ? std::uint64_t{placed->pixel.channels} * layer.activations.bits : 0;
}

}  // namespace

Wiring::Wiring(const Workload& workload, const Mapping& mapping) : images{}, layers(workload.layers.size()) {
  const auto outlet = [&](std::int32_t source) -> Outlet& {
    return source < 0 ? images : layers[static_cast<std::size_t>(source)];
  };
  for (std::uint32_t index = 0; index < layers.size(); ++index) {
    const Layer& layer = workload.layers[index];
    layers[index].tile = mapping.homes[index].tile;
    outlet(layer.input).readers.push_back(index);
    if (layer.has_weights()) {
      outlet(layer.input)
          .copies.push_back(
              {index, input_pixel_bits(workload, mapping, index), encoded_bits(layer, mapping, index)});
    }
    if (layer.residual >= 0) {
      outlet(layer.residual).readers.push_back(index);
      const std::uint64_t bits = element_bits(workload, mapping, layer.residual);
      outlet(layer.residual).copies.push_back({index, layer.out.channels * bits, 0});
    }
  }
}

std::uint64_t needed_inputs(const Layer& layer, std::uint32_t position) {
  const auto last = [&](std::uint32_t index, std::uint32_t size) {
    const std::uint32_t end = index * layer.stride + layer.kernel;
    return std::min(std::max(end, layer.padding + 1) - layer.padding, size) - 1;
  };
  const std::uint64_t row = last(position / layer.out.width, layer.in.height);
  return row * layer.in.width + last(position % layer.out.width, layer.in.width) + 1;
}

}  // namespace sumline
