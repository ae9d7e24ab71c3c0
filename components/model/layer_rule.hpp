// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "components/model/pac_rule.hpp"
#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

namespace sumline {

/// Which pairs of bits the arrays multiply for a layer; empty where that is all of them: without an
/// approximation, for exact layers, and where the operand covers both widths. Dynamic configuration is for
/// convolutions; a linear layer keeps the same pairs for all vectors.
/// @param channels of the map that the layer reads, which a linear layer may describe flattened
/// @throws Error naming the layer whose codes the approximation is not defined for
std::optional<PacRule> layer_rule(const Layer& layer, std::uint32_t channels, const Accelerator& accelerator);

/// Rows of the layer's weight matrix in one array: all, or whole kernels; segments take whole channels, so that a
/// pixel's counts belong to one segment each. @throws Error naming the layer where no channel fits
std::uint32_t tile_rows(const Layer& layer, std::uint32_t channels, const Accelerator& accelerator);

/// How an input map stands in a buffer: whole codes, or the bits that arrays take in and, for each pixel (and
/// segment), how many codes have each bit set.
struct PixelBits {
  std::uint32_t channels;  ///< of a pixel
  std::uint64_t codes;     ///< of all channels
  std::uint64_t counts;    ///< of all segments
  std::uint64_t total() const { return codes + counts; }
};

/// @param rule of the layer
PixelBits pixel_bits(const Layer& layer, std::uint32_t channels, const std::optional<PacRule>& rule,
                     std::uint32_t driven_bits);

}  // namespace sumline
