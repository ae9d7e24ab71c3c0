// SPDX-License-Identifier: Apache-2.0
#include "nn/lowered_graph.hpp"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr double kEpsilon = 1e-5;  // of batch norm: Torch's default, which Network keeps

std::vector<double> per_channel(const std::vector<double>& factors, std::size_t channels) {
  return factors.size() == 1 ? std::vector<double>(channels, factors.front()) : factors;
}

void multiply(std::vector<double>& factors, double by) {
  for (double& factor : factors) factor *= by;
}

/// Nodes whose results enter the logits.
std::vector<bool> find_read(const NetworkConfig& config) {
  std::vector<bool> read(config.layers.size(), false);
  read.back() = true;
  for (std::size_t i = config.layers.size(); i-- > 0;) {
    if (!read[i]) continue;
    const NodeConfig& node = config.layers[i];
    if (node.input >= 0) read[static_cast<std::size_t>(node.input)] = true;
    if (node.kind == NodeKind::add) read[static_cast<std::size_t>(node.other)] = true;
  }
  return read;
}

}  // namespace

LoweredGraph::LoweredGraph(const NetworkConfig& config, const Network& network)
    : config_(config),
      shapes_(node_shapes(config)),
      values_(config.layers.size() + 1),
      read_(find_read(config)) {
  for (NamedTensor& entry : state_of(network)) state_.emplace(entry.name, entry.tensor);
  workload_.network = config.name;
  workload_.image = config.image;
  values_.front() = {.scale = {1}, .offset = {0}};
}

const Shape& LoweredGraph::in_shape(std::size_t i) const {
  const std::int32_t input = config_.layers[i].input;
  return input < 0 ? config_.image : shapes_[static_cast<std::size_t>(input)];
}

const at::Tensor& LoweredGraph::tensor(std::size_t i, const std::string& part) const {
  const auto found = state_.find(config_.layers[i].name + '.' + part);
  if (found == state_.end())
    throw Error(config_.layers[i].name + '.' + part + ": the network has no such tensor");
  return found->second;
}

std::vector<double> LoweredGraph::numbers(std::size_t i, const std::string& part) const {
  const at::Tensor values = tensor(i, part).detach().to(at::kDouble).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

bool LoweredGraph::has_tensor(std::size_t i, const std::string& part) const {
  return state_.contains(config_.layers[i].name + '.' + part);
}

std::vector<std::size_t> LoweredGraph::order() const {
  std::vector<std::size_t> order;
  std::vector<bool> visited(config_.layers.size(), false);
  const auto visit = [&](const auto& self, std::int32_t index) -> void {
    if (index < 0 || visited[static_cast<std::size_t>(index)]) return;
    const auto i = static_cast<std::size_t>(index);
    visited[i] = true;
    if (node(i).kind == NodeKind::add) self(self, node(i).other);
    self(self, node(i).input);
    order.push_back(i);
  };
  visit(visit, static_cast<std::int32_t>(config_.layers.size()) - 1);
  return order;
}

std::vector<std::size_t> LoweredGraph::readers(std::int32_t i) const {
  std::vector<std::size_t> found;
  for (std::size_t next = static_cast<std::size_t>(i + 1); next < config_.layers.size(); ++next) {
    const NodeConfig& reader = config_.layers[next];
    const bool reads = reader.input == i || (reader.kind == NodeKind::add && reader.other == i);
    if (!read_[next] || !reads) continue;
    if (reader.has_weights() || reader.kind == NodeKind::add) {
      found.push_back(next);
    } else {
      const auto further = readers(static_cast<std::int32_t>(next));
      found.insert(found.end(), further.begin(), further.end());
    }
  }
  return found;
}

Layer& LoweredGraph::append(std::size_t i, LayerKind kind, const LoweredValue& source) {
  Layer layer;
  layer.name = config_.layers[i].name;
  layer.kind = kind;
  layer.input = source.layer;
  layer.in = in_shape(i);
  layer.out = shapes_[i];
  layer.kernel = config_.layers[i].kernel;
  layer.stride = config_.layers[i].stride;
  layer.padding = config_.layers[i].padding;
  if (kind == LayerKind::linear) layer.in = {static_cast<std::uint32_t>(layer.in.size()), 1, 1};
  workload_.layers.push_back(std::move(layer));
  return workload_.layers.back();
}

void LoweredGraph::hand_on_sums(std::size_t i, double unit, std::vector<double> offset) {
  const std::size_t channels = shapes_[i].channels;
  set(i, {.layer = static_cast<std::int32_t>(workload_.layers.size()) - 1,
          .codes = false,
          .scale = std::vector<double>(channels, unit),
          .offset = std::move(offset)});
}

void LoweredGraph::fold_batch_norm(std::size_t i) {
  LoweredValue value = input(i);
  if (value.codes) throw Error(node(i).name + ": batch-norm must stand behind sums to be folded into them");
  const auto mean = numbers(i, "running_mean");
  const auto variance = numbers(i, "running_var");
  const std::size_t channels = mean.size();
  const auto gamma = node(i).affine ? numbers(i, "weight") : std::vector<double>(channels, 1.0);
  const auto beta = node(i).affine ? numbers(i, "bias") : std::vector<double>(channels, 0.0);
  for (std::size_t n = 0; n < channels; ++n) {
    const double gain = gamma[n] / std::sqrt(variance[n] + kEpsilon);
    value.scale[n] *= gain;
    value.offset[n] = beta[n] + gain * (value.offset[n] - mean[n]);
    if (value.residual >= 0) value.residual_scale[n] *= gain;
    if (!value.sum_scale.empty()) value.sum_scale[n] *= gain;
  }
  set(i, std::move(value));
}

std::int32_t LoweredGraph::handed_on(std::size_t i) const {
  const NodeConfig& node = config_.layers[i];
  return value(node.input).layer < value(node.other).layer ? node.input : node.other;
}

void LoweredGraph::fold_addition(std::size_t i) {
  const std::int32_t residual = handed_on(i);
  LoweredValue sum = value(residual == node(i).input ? node(i).other : node(i).input);
  const LoweredValue& other = value(residual);
  if (sum.codes || sum.residual >= 0 || other.residual >= 0 || !other.sum_scale.empty()) {
    throw Error(node(i).name + ": must add one map to the sums of a layer: codes, or sums of another layer");
  }
  const std::size_t channels = shapes_[i].channels;
  const auto offset = per_channel(other.offset, channels);
  sum.residual = other.layer;
  sum.residual_scale = per_channel(other.scale, channels);
  for (std::size_t n = 0; n < channels; ++n) sum.offset[n] += offset[n];
  set(i, std::move(sum));
}

void LoweredGraph::add_max_pool(std::size_t i) {
  LoweredValue value = input(i);
  if (value.residual >= 0 || !value.sum_scale.empty()) {
    throw Error(node(i).name + ": max-pool of sums that something is added to");
  }
  if (!value.codes &&
      std::any_of(value.scale.begin(), value.scale.end(), [](double scale) { return scale < 0; })) {
    throw Error(node(i).name + ": max-pool behind a batch-norm with negative gains: move it in front");
  }
  Layer& layer = append(i, LayerKind::max_pool, value);
  if (value.codes) layer.activations = format_of(workload_, value.layer);
  value.layer = static_cast<std::int32_t>(workload_.layers.size()) - 1;
  set(i, std::move(value));
}

void LoweredGraph::add_average_pool(std::size_t i) {
  LoweredValue value = input(i);
  if (!value.sum_scale.empty()) throw Error(node(i).name + ": average-pool must stand behind codes");
  Layer& layer = append(i, LayerKind::average_pool, value);
  if (node(i).kind == NodeKind::adaptive_pool) {
    layer.kernel = layer.stride = layer.in.height / layer.out.height;
    if (layer.in.height != layer.in.width || layer.in.height % layer.out.height != 0) {
      throw Error(node(i).name +
                  ": an adaptive pool must cut its square input evenly to have an integer form");
    }
  }
  if (value.codes) {
    layer.activations = format_of(workload_, value.layer);
    value.scale = per_channel(value.scale, layer.out.channels);
    value.offset = per_channel(value.offset, layer.out.channels);
    value.codes = false;
  }
  const double share = 1.0 / (layer.kernel * layer.kernel);
  multiply(value.scale, share);
  multiply(value.residual_scale, share);
  value.layer = static_cast<std::int32_t>(workload_.layers.size()) - 1;
  set(i, std::move(value));
}

Layer& LoweredGraph::settle(std::size_t i, const LoweredValue& value) {
  SUMLINE_ASSERT(!value.codes && value.layer >= 0, node(i).name + ": sums have to be settled");
  Layer& layer = workload_.layers[static_cast<std::size_t>(value.layer)];
  if (!layer.scale.empty()) {
    throw Error(layer.name + ": two layers make different codes of its sums: it has no single integer form");
  }
  layer.scale = value.scale;
  layer.offset = value.offset;
  layer.residual = value.residual;
  layer.residual_scale = value.residual_scale;
  layer.sum_scale = value.sum_scale;
  return layer;
}

}  // namespace sumline
