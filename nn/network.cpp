// SPDX-License-Identifier: Apache-2.0
#include "nn/network.hpp"

#include <ATen/ATen.h>
#include <torch/nn/modules/batchnorm.h>

#include <cmath>
#include <numbers>

#include "energy/error.hpp"
#include "nn/layers.hpp"
#include "nn/quantizers/pact.hpp"
#include "nn/random.hpp"

namespace sumline {
namespace {

/// The module of a node that has parameters, null for the others.
template <typename ModuleType, typename... Arguments>
std::pair<std::shared_ptr<torch::nn::Module>, std::function<at::Tensor(const at::Tensor&)>> module_of(
    Arguments&&... arguments) {
  auto module = std::make_shared<ModuleType>(std::forward<Arguments>(arguments)...);
  return {module, [raw = module.get()](const at::Tensor& x) { return raw->forward(x); }};
}

using ModuleOperation =
    std::pair<std::shared_ptr<torch::nn::Module>, std::function<at::Tensor(const at::Tensor&)>>;

CodeWidths widths(const LayerQuantizers& quantizers) {
  return {quantizers.weight_bits, quantizers.activation_bits};
}

ModuleOperation make_convolution(const NodeConfig& node, const Shape& in, const LayerQuantizers& quantizers) {
  switch (quantizers.activations) {
    case ActivationQuantizer::staircase:
      return module_of<TiledConv2d>(in.channels, node, quantizers);
    case ActivationQuantizer::min_max:
      return module_of<BitwiseConv2d>(in.channels, node.channels,
                                      ProductShape{node.kernel, node.stride, node.padding, true}, node.bias,
                                      widths(quantizers));
    case ActivationQuantizer::relu:
    case ActivationQuantizer::hwgq:
      return module_of<QuantConv2d>(in.channels, node, quantizers);
  }
  throw InternalError("unknown activation quantiser");
}

ModuleOperation make_linear(const NodeConfig& node, const Shape& in, const LayerQuantizers& quantizers) {
  switch (quantizers.activations) {
    case ActivationQuantizer::staircase:
      return module_of<TiledLinear>(in.size(), node, quantizers);
    case ActivationQuantizer::min_max:
      return module_of<BitwiseLinear>(in.size(), node.channels, true, widths(quantizers));
    case ActivationQuantizer::relu:
    case ActivationQuantizer::hwgq:
      return module_of<QuantLinear>(in.size(), node, quantizers);
  }
  throw InternalError("unknown activation quantiser");
}

ModuleOperation make_batch_norm(const NodeConfig& node, const Shape& in) {
  auto module = std::make_shared<torch::nn::BatchNorm2dImpl>(
      torch::nn::BatchNorm2dOptions(in.channels).affine(node.affine));
  return {module, [raw = module.get()](const at::Tensor& x) {
            return at::batch_norm(x, raw->weight, raw->bias, raw->running_mean, raw->running_var,
                                  raw->is_training(), raw->options.momentum().value(), raw->options.eps(),
                                  false);
          }};
}

/// Fills a tensor with what `draw` makes of four random words.
template <typename Draw4>
void fill(const at::Tensor& tensor, std::uint64_t seed, std::uint32_t stream, const Draw4& draw) {
  const at::NoGradGuard no_grad;
  const at::Tensor filled = at::empty(tensor.sizes());
  float* values = filled.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    values[i] = draw(random_words(seed, Draw::initial_weights, stream, static_cast<std::uint32_t>(i)));
  }
  tensor.copy_(filled);
}

void fill_uniform(const at::Tensor& tensor, float bound, std::uint64_t seed, std::uint32_t stream) {
  fill(tensor, seed, stream, [=](const auto& words) { return (2 * unit_interval(words[0]) - 1) * bound; });
}

/// Box-Muller; 1 - u is never 0.
void fill_normal(const at::Tensor& tensor, double deviation, std::uint64_t seed, std::uint32_t stream) {
  fill(tensor, seed, stream, [=](const auto& words) {
    const double radius = std::sqrt(-2 * std::log(1 - static_cast<double>(unit_interval(words[0]))));
    return static_cast<float>(deviation * radius * std::cos(2 * std::numbers::pi * unit_interval(words[1])));
  });
}

}  // namespace

Network::Network(const NetworkConfig& config, const std::string& bits, const ConverterTraining& training)
    : config_(config) {
  const std::vector<Shape> shapes = node_shapes(config);
  const std::vector<LayerQuantizers> quantizers = assign_bits(config, bits, training);
  for (std::size_t i = 0; i < config.layers.size(); ++i) {
    const std::int32_t input = config.layers[i].input;
    const Shape& in = input < 0 ? config.image : shapes[static_cast<std::size_t>(input)];
    operations_.push_back(make_operation(config_.layers[i], in, quantizers[i]));
    has_converters_ |= quantizers[i].converter.resolution != Resolution::full;
  }
  find_last_uses();
}

Network::Operation Network::make_operation(const NodeConfig& node, const Shape& in,
                                           const LayerQuantizers& quantizers) {
  const auto with_module = [&](ModuleOperation made) {
    register_at(node.name, made.first);
    return std::move(made.second);
  };
  switch (node.kind) {
    case NodeKind::convolution:
      return with_module(make_convolution(node, in, quantizers));
    case NodeKind::linear:
      return with_module(make_linear(node, in, quantizers));
    case NodeKind::batch_norm:
      return with_module(make_batch_norm(node, in));
    case NodeKind::max_pool:
      return
          [&node](const at::Tensor& x) { return at::max_pool2d(x, node.kernel, node.stride, node.padding); };
    case NodeKind::average_pool:
      return
          [&node](const at::Tensor& x) { return at::avg_pool2d(x, node.kernel, node.stride, node.padding); };
    case NodeKind::adaptive_pool:
      return [&node](const at::Tensor& x) { return at::adaptive_avg_pool2d(x, {node.size, node.size}); };
    case NodeKind::pact:
      return make_pact(node);
    case NodeKind::flatten:
      return [](const at::Tensor& x) { return x.flatten(1); };
    case NodeKind::relu:
      return [](const at::Tensor& x) { return at::relu(x); };
    case NodeKind::hardtanh:
      return [](const at::Tensor& x) { return at::hardtanh(x); };
    case NodeKind::dropout:
      return [this, &node](const at::Tensor& x) { return at::dropout(x, node.probability, is_training()); };
    case NodeKind::log_softmax:
      return [](const at::Tensor& x) { return at::log_softmax(x, 1); };
    case NodeKind::add:
      return [](const at::Tensor& x) { return x; };  // forward() adds the second summand
  }
  throw InternalError("unknown kind of layer");
}

/// "a.b.c" becomes module c of module b of module a.
void Network::register_at(const std::string& path, const std::shared_ptr<torch::nn::Module>& module) {
  torch::nn::Module* parent = this;
  std::size_t begin = 0;
  for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', begin)) {
    const std::string name = path.substr(begin, dot - begin);
    const auto children = parent->named_children();
    const auto* found = children.find(name);
    parent = found != nullptr ? found->get()
                              : parent->register_module(name, std::make_shared<torch::nn::Module>()).get();
    begin = dot + 1;
  }
  parent->register_module(path.substr(begin), module);
}

Network::Operation Network::make_pact(const NodeConfig& node) {
  for (const auto& module : named_modules("", false)) {
    if (module.key() == node.name) {
      return [raw = module.value()->as<Pact>()](const at::Tensor& x) { return raw->forward(x); };
    }
  }
  const ModuleOperation made = module_of<Pact>();
  register_at(node.name, made.first);
  return made.second;
}

void Network::set_arithmetic(const Arithmetic& arithmetic) {
  const auto modules = named_modules("", false);
  for (const NodeConfig& node : config_.layers) {
    if (!node.has_weights()) continue;
    auto* layer = dynamic_cast<BitwiseLayer*>(modules[node.name].get());
    if (layer == nullptr) continue;
    layer->arithmetic = arithmetic;
    if (node.exact) {
      layer->arithmetic = {.mode = arithmetic.mode, .compatibility = arithmetic.compatibility};
    }
  }
}

std::vector<std::pair<std::string, BitwiseLayer*>> Network::bitwise_layers() const {
  std::vector<std::pair<std::string, BitwiseLayer*>> layers;
  for (const auto& module : named_modules("", false)) {
    if (auto* layer = dynamic_cast<BitwiseLayer*>(module.value().get()))
      layers.emplace_back(module.key(), layer);
  }
  return layers;
}

void Network::find_last_uses() {
  last_use_.resize(operations_.size());
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    last_use_[i] = i;
    if (config_.layers[i].input >= 0) last_use_[static_cast<std::size_t>(config_.layers[i].input)] = i;
    if (config_.layers[i].other >= 0) last_use_[static_cast<std::size_t>(config_.layers[i].other)] = i;
  }
}

at::Tensor Network::forward(const at::Tensor& images,
                            const std::function<void(std::size_t, const at::Tensor&)>& visit) {
  std::vector<at::Tensor> outputs(operations_.size());
  const auto take = [&](std::int32_t index, std::size_t reader) {
    if (index < 0) return images;
    const auto from = static_cast<std::size_t>(index);
    return last_use_[from] == reader ? std::move(outputs[from]) : outputs[from];
  };
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    const bool unread = last_use_[i] == i && i + 1 < operations_.size();
    if (unread) continue;
    const NodeConfig& node = config_.layers[i];
    outputs[i] = operations_[i](take(node.input, i));
    if (node.kind == NodeKind::add) outputs[i] = outputs[i] + take(node.other, i);
    if (visit) visit(i, outputs[i]);
  }
  return outputs.back();
}

void initialize(Network& network, std::uint64_t seed) {
  const bool normal = network.config().initialization == Initialization::normal_fan_out;
  std::uint32_t stream = 0;
  for (const auto& module : network.modules(false)) {
    const auto* parameters = dynamic_cast<const AffineParameters*>(module.get());
    if (parameters == nullptr) continue;
    const at::Tensor& weight = parameters->weight;
    const auto inputs = static_cast<float>(weight[0].numel());
    const auto* tiled = module->as<TiledConv2d>();
    const bool convolution =
        module->as<BitwiseConv2d>() != nullptr || (tiled != nullptr && tiled->node().quantized());
    if (normal && convolution) {
      const auto fan_out = static_cast<double>(weight.size(0) * weight.size(2) * weight.size(3));
      fill_normal(weight, std::sqrt(2 / fan_out), seed, stream++);
    } else {
      fill_uniform(weight, 1 / std::sqrt(inputs), seed, stream++);
    }
    if (parameters->bias.defined()) fill_uniform(parameters->bias, 1 / std::sqrt(inputs), seed, stream++);
  }
}

void use_channels_last(Network& network) {
  if (network.has_converters()) return;
  for (at::Tensor& parameter : network.parameters()) {
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(at::MemoryFormat::ChannelsLast));
  }
}

void limit_weights(Network& network) {
  const double limit = network.config().weight_limit;
  if (limit == 0) return;
  const at::NoGradGuard no_grad;
  for (const auto& module : network.modules(false)) {
    const auto* parameters = module->as<AffineParameters>();
    if (parameters == nullptr) continue;
    at::Tensor(parameters->weight).clamp_(-limit, limit);
    if (parameters->bias.defined()) at::Tensor(parameters->bias).clamp_(-limit, limit);
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
