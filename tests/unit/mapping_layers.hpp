// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "configs/accelerator.hpp"
#include "configs/accelerator_loader.hpp"
#include "traces/workload.hpp"

/// Layers, networks and a small chip to map by hand.
namespace sumline::test {

inline Layer linear(std::uint32_t inputs, std::uint32_t outputs, std::int32_t input) {
  Layer layer;
  layer.name = "fc" + std::to_string(input + 1);
  layer.kind = LayerKind::linear;
  layer.input = input;
  layer.in = {inputs, 1, 1};
  layer.out = {outputs, 1, 1};
  layer.activations = {Encoding::unsigned_binary, 4};
  layer.weights = {Encoding::mid_rise, 8};
  layer.weight_codes.assign(std::size_t{inputs} * outputs, 128);
  layer.scale.assign(outputs, 1.0);
  layer.offset.assign(outputs, 0.0);
  layer.requantize = true;
  layer.quantizer.format.bits = 4;
  return layer;
}

inline Layer convolution(Shape in, std::uint32_t channels, std::uint32_t kernel) {
  Layer layer = linear(in.channels * kernel * kernel, channels, -1);
  layer.name = "conv";
  layer.kind = LayerKind::convolution;
  layer.in = in;
  layer.kernel = kernel;
  layer.out = {channels, in.height - kernel + 1, in.width - kernel + 1};
  return layer;
}

inline Workload network(std::vector<Layer> layers) {
  layers.back().requantize = false;
  return {"test", layers.front().in, layers.front().activations, layers, {}, {}};
}

/// 128 x 128 arrays, two per bank, two banks per tile.
inline Accelerator chip(std::uint32_t tiles) {
  Accelerator accelerator = load_accelerator("redpim");
  accelerator.bank.arrays = 2;
  accelerator.tile.banks = 2;
  accelerator.chip.tiles = tiles;
  accelerator.mapping = {Schedule::layer_serial, Replication::none};
  return accelerator;
}

}  // namespace sumline::test
