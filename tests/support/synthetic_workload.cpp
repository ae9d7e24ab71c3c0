// SPDX-License-Identifier: Apache-2.0
#include "tests/support/synthetic_workload.hpp"

#include <cmath>
#include <string>

namespace sumline::test {

SyntheticNetwork::SyntheticNetwork(Shape image, std::uint32_t image_bits, std::uint64_t seed)
    : random_(seed) {
  workload_.network = "synthetic";
  workload_.image = image;
  workload_.image_format = {Encoding::unsigned_binary, image_bits};
}

Layer& SyntheticNetwork::append(LayerKind kind, Shape out) {
  Layer layer;
  const bool first = workload_.layers.empty();
  layer.name = "layers." + std::to_string(workload_.layers.size());
  layer.kind = kind;
  layer.input = static_cast<std::int32_t>(workload_.layers.size()) - 1;
  layer.in = first ? workload_.image : workload_.layers.back().out;
  layer.out = out;
  layer.activations = workload_.image_format;
  if (!first) {
    const Layer& before = workload_.layers.back();
    layer.activations = before.has_weights() ? CodeFormat{Encoding::unsigned_binary, before.quantizer.bits}
                                             : before.activations;
  }
  workload_.layers.push_back(layer);
  return workload_.layers.back();
}

void SyntheticNetwork::add_weights(Layer& layer, std::uint32_t out_bits) {
  layer.weights = {Encoding::mid_rise, 8};
  const std::uint32_t codes = 1U << layer.weights.bits;
  for (std::size_t index = 0; index < layer.rows() * layer.out.channels;
       ++index) {  // bell-shaped, like trained ones
    const std::uint32_t code = (below(codes) + below(codes) + below(codes)) / 3;
    layer.weight_codes.push_back(static_cast<std::uint8_t>(code));
  }
  const double spread = std::sqrt(static_cast<double>(layer.rows())) *
                        std::pow(2.0, layer.weights.bits + layer.activations.bits) / 8;
  const std::uint32_t steps = (1U << out_bits) - 1;
  layer.requantize = out_bits > 0;
  layer.quantizer.bits = out_bits;
  layer.quantizer.step = 1;
  for (std::uint32_t channel = 0; channel < layer.out.channels; ++channel) {
    const double sign = below(8) == 0 ? -1 : 1;
    layer.scale.push_back(sign * (steps + 1) / spread);
    layer.offset.push_back(static_cast<double>(below(steps + 1)) / 2);
    for (std::uint32_t j = 1; j <= steps; ++j) {
      const double bound = (j - 0.5 - layer.offset.back()) / layer.scale.back();
      layer.quantizer.thresholds.push_back(
          static_cast<std::int64_t>(sign > 0 ? std::ceil(bound) : std::floor(bound)));
    }
  }
}

SyntheticNetwork& SyntheticNetwork::convolution(std::uint32_t channels, std::uint32_t kernel,
                                                std::uint32_t stride, std::uint32_t padding,
                                                std::uint32_t out_bits) {
  Layer& layer = append(LayerKind::convolution, {});
  const auto size = [&](std::uint32_t in) { return (in + 2 * padding - kernel) / stride + 1; };
  layer.out = {channels, size(layer.in.height), size(layer.in.width)};
  layer.kernel = kernel;
  layer.stride = stride;
  layer.padding = padding;
  add_weights(layer, out_bits);
  return *this;
}

SyntheticNetwork& SyntheticNetwork::max_pool(std::uint32_t kernel, std::uint32_t stride,
                                             std::uint32_t padding) {
  Layer& layer = append(LayerKind::max_pool, {});
  const auto size = [&](std::uint32_t in) { return (in + 2 * padding - kernel) / stride + 1; };
  layer.out = {layer.in.channels, size(layer.in.height), size(layer.in.width)};
  layer.kernel = kernel;
  layer.stride = stride;
  layer.padding = padding;
  return *this;
}

SyntheticNetwork& SyntheticNetwork::linear(std::uint32_t features, std::uint32_t out_bits) {
  add_weights(append(LayerKind::linear, {features, 1, 1}), out_bits);
  return *this;
}

Workload SyntheticNetwork::logits(std::uint32_t classes, std::uint32_t images) {
  linear(classes, 0);
  for (std::size_t index = 0; index < images * workload_.image.size(); ++index) {
    const std::uint32_t code = below(3) == 0 ? 0 : below(1U << workload_.image_format.bits);
    workload_.image_codes.push_back(static_cast<std::uint8_t>(code));
  }
  for (std::uint32_t image = 0; image < images; ++image) {
    workload_.labels.push_back(static_cast<std::uint8_t>(below(classes)));
  }
  return workload_;
}

Workload synthetic_lenet(std::uint32_t images, std::uint64_t seed) {
  return SyntheticNetwork({1, 28, 28}, 5, seed)
      .convolution(6, 5, 1, 2, 4)
      .max_pool(2, 2)
      .convolution(16, 5, 1, 0, 8)
      .max_pool(2, 2)
      .linear(120, 6)
      .linear(84, 7)
      .logits(10, images);
}

}  // namespace sumline::test
