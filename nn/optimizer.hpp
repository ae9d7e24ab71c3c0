// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/optim/optimizer.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nn/network.hpp"
#include "nn/recipe.hpp"

namespace sumline {

/// The recipe's optimiser over a network's parameters, with a state that can be saved.
class Optimizer {
 public:
  Optimizer(const OptimizerConfig& config, const Network& network);

  void set_learning_rate(double rate);
  /// Forgets all moments where the recipe rebuilds the optimiser every epoch.
  void begin_epoch();
  void step() { optimizer_->step(); }

  /// Moments (and Adam's step count) under "<kind>.<parameter>"; zeros before the first step.
  std::vector<NamedTensor> state() const;
  /// @param entries what state() gave @throws Error naming an entry that is missing
  void restore(const std::map<std::string, at::Tensor>& entries, const std::string& place);

 private:
  void build();

  const OptimizerConfig config_;
  std::vector<NamedTensor> parameters_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
};

}  // namespace sumline
