// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>

#include "nn/recipe.hpp"

namespace sumline {

/// Mean cross entropy against targets of 1 - smoothing on the true class and smoothing / (classes - 1) on the
/// others.
at::Tensor smoothed_loss(const at::Tensor& logits, const at::Tensor& labels, double smoothing);

/// The recipe's loss of a batch. @param logits [batch, classes] @param labels int64 [batch] @param smoothing
/// of cross entropy: see TargetConfig
at::Tensor batch_loss(Loss loss, const at::Tensor& logits, const at::Tensor& labels, double smoothing = 0);

/// Images of a batch blended with images of the same batch in another order (mixup, arXiv 1710.09412):
/// weight * image + (1 - weight) * other.
struct Mixture {
  double weight = 1;
  at::Tensor order;  ///< int64 [batch]; undefined: nothing is mixed

  at::Tensor images(const at::Tensor& images) const;
  /// weight * loss_of(labels) + (1 - weight) * loss_of(labels of the others)
  at::Tensor loss(const at::Tensor& labels,
                  const std::function<at::Tensor(const at::Tensor&)>& loss_of) const;
};

/// Weight from Beta(mixup, mixup) and a random order, of Torch's generator; mixup = 0 mixes nothing.
Mixture draw_mixture(std::int64_t batch, double mixup);

}  // namespace sumline
