// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "components/model/pac_layer.hpp"
#include "components/model/window_rule.hpp"

/// Runs a user's WindowRule over the windows of a layer. Without Torch.
namespace sumline {

struct RuleWeights {
  const WindowGeometry& geometry;
  std::span<const std::uint8_t> codes;  ///< [outputs, channels, kernel, kernel]
  std::uint32_t bits;
};

struct RuleMaps {
  std::span<const std::uint8_t> codes;  ///< [images, height, width, channels]
  std::uint8_t pad_code;
  std::uint32_t bits;
};

/// As PacLayer::run with the products of `rule`. @param results [positions.size(), outputs]
void apply_rule(const WindowRule& rule, const RuleWeights& weights, const RuleMaps& maps,
                PositionRange positions, const Dequantizer& dequantizer, std::span<float> results);

}  // namespace sumline
