// SPDX-License-Identifier: Apache-2.0
#include "nn/loss.hpp"

#include <ATen/ATen.h>

#include "energy/error.hpp"

namespace sumline {

at::Tensor smoothed_loss(const at::Tensor& logits, const at::Tensor& labels, double smoothing) {
  // Torch spreads its smoothing over all classes, the true one included.
  const auto classes = static_cast<double>(logits.size(1));
  return at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, -100,
                                smoothing * classes / (classes - 1));
}

at::Tensor batch_loss(Loss loss, const at::Tensor& logits, const at::Tensor& labels, double smoothing) {
  switch (loss) {
    case Loss::cross_entropy:
      return smoothed_loss(logits, labels, smoothing);
    case Loss::hinge: {
      const at::Tensor signs = at::one_hot(labels, logits.size(1)).mul(2).sub(1);
      return (1 - logits * signs).clamp_min(0).mean();
    }
  }
  throw InternalError("unknown loss");
}

at::Tensor Mixture::images(const at::Tensor& images) const {
  return order.defined() ? images.mul(weight).add_(images.index_select(0, order), 1 - weight) : images;
}

at::Tensor Mixture::loss(const at::Tensor& labels,
                         const std::function<at::Tensor(const at::Tensor&)>& loss_of) const {
  const at::Tensor first = loss_of(labels);
  if (!order.defined()) return first;
  return first.mul(weight).add(loss_of(labels.index_select(0, order)), 1 - weight);
}

Mixture draw_mixture(std::int64_t batch, double mixup) {
  if (mixup == 0) return {};
  const at::Tensor gammas = at::_standard_gamma(at::full({2}, mixup, at::kDouble));
  return {gammas[0].div(gammas.sum()).item<double>(), at::randperm(batch)};
}

}  // namespace sumline
