// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tiny_workload.hpp"

namespace sumline::test {
namespace {

Layer convolution(const Workload& workload) {
  Layer layer;
  layer.name = "layers.0";
  layer.in = workload.image;
  layer.out = {2, 2, 2};
  layer.kernel = 3;
  layer.activations = workload.image_format;
  layer.weights = {Encoding::mid_rise, 4};
  for (std::uint8_t i = 0; i < 18; ++i) layer.weight_codes.push_back(i % 16);
  layer.scale = {0.5, -0.25};
  layer.offset = {0, 1};
  layer.requantize = true;
  layer.quantizer = {{Encoding::unsigned_binary, 2}, 0.5, {}, {-500, 0, 500, 500, 0, -500}};
  return layer;
}

Layer max_pool(const Layer& source) {
  Layer layer;
  layer.name = "pool";
  layer.kind = LayerKind::max_pool;
  layer.input = 0;
  layer.in = source.out;
  layer.out = {2, 1, 1};
  layer.kernel = 2;
  layer.stride = 2;
  layer.activations = {Encoding::unsigned_binary, source.quantizer.format.bits};
  return layer;
}

Layer linear(const Layer& source) {
  Layer layer;
  layer.name = "fc";
  layer.kind = LayerKind::linear;
  layer.input = 1;
  layer.in = source.out;
  layer.out = {3, 1, 1};
  layer.activations = source.activations;
  layer.weights = {Encoding::mid_rise, 1};
  layer.weight_codes = {0, 1, 1, 0, 1, 1};
  layer.scale = {1, 1, 1};
  layer.offset = {0, 0.5, 0};
  return layer;
}

}  // namespace

Workload tiny_workload() {
  Workload workload;
  workload.network = "tiny";
  workload.image = {1, 4, 4};
  workload.image_format = {Encoding::unsigned_binary, 8};
  workload.layers.push_back(convolution(workload));
  workload.layers.push_back(max_pool(workload.layers[0]));
  workload.layers.push_back(linear(workload.layers[1]));
  for (std::uint8_t i = 0; i < 32; ++i) workload.image_codes.push_back(static_cast<std::uint8_t>(i * 7));
  workload.labels = {0, 2};
  return workload;
}

Workload residual_workload() {
  Workload workload = tiny_workload();
  Layer& convolution = workload.layers[0];
  convolution.requantize = false;
  convolution.scale.clear();
  convolution.offset.clear();
  convolution.quantizer = {};
  Layer block = tiny_workload().layers[0];
  block.name = "block";
  block.residual = 0;
  block.residual_scale = {0.5, 2};
  block.quantizer.thresholds.clear();
  block.quantizer.boundaries = {-1, 0, 1};
  workload.layers.insert(workload.layers.begin() + 1, block);
  workload.layers[2].input = 1;
  workload.layers[3].input = 2;
  return workload;
}

}  // namespace sumline::test
