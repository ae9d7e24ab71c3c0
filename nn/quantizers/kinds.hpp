// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "nn/quantizers/converter_config.hpp"

/// Which quantisers a layer uses. Without Torch.
/// A new one is a sibling of hwgq.hpp and mid_rise.hpp, a value here and a case in each switch of
/// quantizers.cpp.
namespace sumline {

enum class ActivationQuantizer : std::uint8_t {
  relu,  ///< max(x, 0) in float32: the unquantised baseline
  hwgq,
  staircase,  ///< -1..1 at a Resolution
  min_max,    ///< of bit-wise layers: see uint_range.hpp
};

enum class WeightQuantizer : std::uint8_t {
  none,       ///< float32: the unquantised baseline
  mid_rise,   ///< scaled by the standard deviation of the layer's weights
  staircase,  ///< -1..1 at a Resolution
  min_max,    ///< of bit-wise layers
};

struct LayerQuantizers {
  ActivationQuantizer activations = ActivationQuantizer::relu;
  std::uint32_t activation_bits = 0;  ///< 1..8 where quantised
  WeightQuantizer weights = WeightQuantizer::none;
  std::uint32_t weight_bits = 0;  ///< 1..8 where quantised
  // Staircases only.
  Resolution activation_resolution = Resolution::full;
  Resolution weight_resolution = Resolution::full;
  Slope operand_slope = Slope::straight_through;
  Converter converter;
  std::uint32_t channels_per_tile = 0;  ///< of the layer's input; inputs of a linear layer
};

}  // namespace sumline
