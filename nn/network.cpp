// SPDX-License-Identifier: Apache-2.0
#include "nn/network.hpp"

#include <ATen/ATen.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/pooling.h>

#include <cmath>

#include "energy/error.hpp"
#include "nn/layers.hpp"
#include "nn/random.hpp"

namespace sumline {
namespace {

void append(torch::nn::Sequential& layers, const NodeConfig& node, const Shape& in,
            const LayerQuantizers& quantizers) {
  switch (node.kind) {
    case NodeKind::convolution:
      layers->push_back(std::make_shared<QuantConv2d>(in.channels, node, quantizers));
      return;
    case NodeKind::linear:
      layers->push_back(std::make_shared<QuantLinear>(in.size(), node, quantizers));
      return;
    case NodeKind::batch_norm:
      layers->push_back(torch::nn::BatchNorm2d(in.channels));
      return;
    case NodeKind::max_pool:
      layers->push_back(torch::nn::MaxPool2d(
          torch::nn::MaxPool2dOptions(node.kernel).stride(node.stride).padding(node.padding)));
      return;
    case NodeKind::flatten:
      layers->push_back(torch::nn::Flatten());
      return;
    case NodeKind::relu:
      layers->push_back(torch::nn::ReLU());
      return;
  }
  throw InternalError("unknown kind of layer");
}

void fill_uniform(const at::Tensor& tensor, float bound, std::uint64_t seed, std::uint32_t stream) {
  float* values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    const auto word = random_words(seed, Draw::initial_weights, stream, static_cast<std::uint32_t>(i))[0];
    values[i] = (2 * unit_interval(word) - 1) * bound;
  }
}

}  // namespace

Network::Network(const NetworkConfig& config, const std::string& bits) {
  const std::vector<Shape> shapes = node_shapes(config);
  const std::vector<LayerQuantizers> quantizers = assign_bits(config, bits);
  layers_ = register_module("layers", torch::nn::Sequential());
  Shape in = config.image;
  for (std::size_t i = 0; i < config.layers.size(); ++i) {
    append(layers_, config.layers[i], in, quantizers[i]);
    in = shapes[i];
  }
}

at::Tensor Network::forward(const at::Tensor& images) {
  return layers_->forward(images);
}

void initialize(Network& network, std::uint64_t seed) {
  std::uint32_t stream = 0;
  for (const auto& module : network.modules(false)) {
    const auto* parameters = module->as<AffineParameters>();
    if (parameters == nullptr) continue;
    const auto inputs = static_cast<float>(parameters->weight[0].numel());
    fill_uniform(parameters->weight, 1 / std::sqrt(inputs), seed, stream++);
    if (parameters->bias.defined()) fill_uniform(parameters->bias, 1 / std::sqrt(inputs), seed, stream++);
  }
}

void use_channels_last(Network& network) {
  for (at::Tensor& parameter : network.parameters()) {
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(at::MemoryFormat::ChannelsLast));
  }
}

std::vector<NamedTensor> state_of(const Network& network) {
  std::vector<NamedTensor> state;
  for (const auto& module : network.named_modules("", false)) {
    const std::string prefix = module.key() + '.';
    for (const auto& p : module.value()->named_parameters(false)) {
      state.push_back({prefix + p.key(), p.value().detach()});
    }
    for (const auto& b : module.value()->named_buffers(false)) {
      state.push_back({prefix + b.key(), b.value()});
    }
  }
  return state;
}

}  // namespace sumline
