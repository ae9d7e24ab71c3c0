// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <torch/nn/module.h>

namespace sumline {

/// Parametrised clipping activation: y = clamp(x, 0, alpha) with a learnt alpha (PACT, arXiv 1805.06085).
/// Gradient: to x where 0 <= x <= alpha, to alpha the sum over x > alpha. NaN stays NaN, -0 stays -0.
at::Tensor pact(const at::Tensor& x, const at::Tensor& alpha);

class Pact : public torch::nn::Module {
 public:
  Pact();
  at::Tensor forward(const at::Tensor& x) { return pact(x, alpha); }

  at::Tensor alpha;  ///< scalar, initially 6
};

}  // namespace sumline
