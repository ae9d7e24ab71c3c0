// SPDX-License-Identifier: Apache-2.0
#include "nn/optimizer.hpp"

#include <ATen/ATen.h>
#include <torch/optim/adam.h>
#include <torch/optim/sgd.h>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr const char* kMomentum = "momentum.";
constexpr const char* kMean = "mean.";
constexpr const char* kSquare = "square.";
constexpr const char* kSteps = "steps.";

std::string key_of(const at::Tensor& parameter) {
  return c10::guts::to_string(parameter.unsafeGetTensorImpl());
}

/// The optimiser's state of `parameter`, null before its first step.
template <typename State>
State* state_of_parameter(torch::optim::Optimizer& optimizer, const at::Tensor& parameter) {
  const auto found = optimizer.state().find(key_of(parameter));
  return found == optimizer.state().end() ? nullptr : static_cast<State*>(found->second.get());
}

at::Tensor or_zeros(const at::Tensor& moment, const at::Tensor& parameter) {
  return moment.defined() ? moment : torch::zeros_like(parameter.detach());
}

}  // namespace

Optimizer::Optimizer(const OptimizerConfig& config, const Network& network) : config_(config) {
  for (const auto& parameter : network.named_parameters())
    parameters_.push_back({parameter.key(), parameter.value()});
  build();
}

void Optimizer::build() {
  std::vector<at::Tensor> tensors;
  for (const NamedTensor& parameter : parameters_) tensors.push_back(parameter.tensor);
  switch (config_.kind) {
    case OptimizerKind::sgd:
      optimizer_ =
          std::make_unique<torch::optim::SGD>(tensors, torch::optim::SGDOptions(config_.learning_rate)
                                                           .momentum(config_.momentum)
                                                           .weight_decay(config_.weight_decay));
      return;
    case OptimizerKind::adam:
      optimizer_ = std::make_unique<torch::optim::Adam>(
          tensors, torch::optim::AdamOptions(config_.learning_rate).weight_decay(config_.weight_decay));
      return;
  }
  throw InternalError("unknown optimiser");
}

void Optimizer::set_learning_rate(double rate) {
  for (auto& group : optimizer_->param_groups()) group.options().set_lr(rate);
}

void Optimizer::begin_epoch() {
  if (config_.rebuild_every_epoch) build();
}

std::vector<NamedTensor> Optimizer::state() const {
  std::vector<NamedTensor> entries;
  for (const auto& [name, parameter] : parameters_) {
    if (config_.kind == OptimizerKind::sgd) {
      const auto* state = state_of_parameter<torch::optim::SGDParamState>(*optimizer_, parameter);
      entries.push_back(
          {kMomentum + name, or_zeros(state ? state->momentum_buffer() : at::Tensor(), parameter)});
      continue;
    }
    const auto* state = state_of_parameter<torch::optim::AdamParamState>(*optimizer_, parameter);
    entries.push_back({kMean + name, or_zeros(state ? state->exp_avg() : at::Tensor(), parameter)});
    entries.push_back({kSquare + name, or_zeros(state ? state->exp_avg_sq() : at::Tensor(), parameter)});
    entries.push_back({kSteps + name, torch::tensor({state ? state->step() : 0}, at::kLong)});
  }
  return entries;
}

void Optimizer::restore(const std::map<std::string, at::Tensor>& entries, const std::string& place) {
  const auto demand = [&](const std::string& name) {
    const auto found = entries.find(name);
    if (found == entries.end())
      throw Error(place + ": no entry \"" + name + "\": saved with another optimiser");
    return found->second;
  };
  for (const auto& [name, parameter] : parameters_) {
    if (config_.kind == OptimizerKind::sgd) {
      auto state = std::make_unique<torch::optim::SGDParamState>();
      state->momentum_buffer(demand(kMomentum + name));
      optimizer_->state()[key_of(parameter)] = std::move(state);
      continue;
    }
    const std::int64_t steps = demand(kSteps + name).item<std::int64_t>();
    if (steps == 0) continue;
    auto state = std::make_unique<torch::optim::AdamParamState>();
    state->step(steps);
    state->exp_avg(demand(kMean + name));
    state->exp_avg_sq(demand(kSquare + name));
    optimizer_->state()[key_of(parameter)] = std::move(state);
  }
}

}  // namespace sumline
