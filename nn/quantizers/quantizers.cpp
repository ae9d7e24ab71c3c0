// SPDX-License-Identifier: Apache-2.0
#include "nn/quantizers/quantizers.hpp"

#include <ATen/ATen.h>

#include "energy/error.hpp"
#include "nn/quantizers/converter.hpp"
#include "nn/quantizers/hwgq.hpp"
#include "nn/quantizers/mid_rise.hpp"
#include "nn/quantizers/uint_range.hpp"

namespace sumline {

at::Tensor quantize_activations(const at::Tensor& x, const LayerQuantizers& quantizers) {
  switch (quantizers.activations) {
    case ActivationQuantizer::relu:
      return at::relu(x);
    case ActivationQuantizer::hwgq:
      return hwgq(x, quantizers.activation_bits);
    case ActivationQuantizer::staircase:
      return quantize_operands(x, quantizers.activation_resolution, quantizers.operand_slope);
    case ActivationQuantizer::min_max:
      return uint_values(x, uint_range(x, quantizers.activation_bits));
  }
  throw InternalError("unknown activation quantiser");
}

at::Tensor quantize_weights(const at::Tensor& weight, const LayerQuantizers& quantizers) {
  const std::uint32_t bits = quantizers.weight_bits;
  switch (quantizers.weights) {
    case WeightQuantizer::none:
      return weight;
    case WeightQuantizer::mid_rise:
      return mid_rise(weight, gaussian_step(weight, bits), bits);
    case WeightQuantizer::staircase:
      return quantize_operands(weight, quantizers.weight_resolution, quantizers.operand_slope);
    case WeightQuantizer::min_max:
      return uint_values(weight, uint_range(weight, bits));
  }
  throw InternalError("unknown weight quantiser");
}

}  // namespace sumline
