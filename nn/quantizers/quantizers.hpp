// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include "nn/quantizers/kinds.hpp"

namespace sumline {

/// What a layer computes with, as float32, with the quantiser's gradient.
at::Tensor quantize_activations(const at::Tensor& x, const LayerQuantizers& quantizers);
at::Tensor quantize_weights(const at::Tensor& weight, const LayerQuantizers& quantizers);

}  // namespace sumline
