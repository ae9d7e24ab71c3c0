// SPDX-License-Identifier: Apache-2.0
#include "components/model/layer_rule.hpp"

#include <algorithm>
#include <bit>

#include "energy/error.hpp"

namespace sumline {
namespace {

PacRule make_rule(const Layer& layer, const ApproximationConfig& approximation) {
  const bool dynamic = approximation.dynamic && layer.kind == LayerKind::convolution;
  try {
    return dynamic ? PacRule::dynamic(approximation.thresholds, approximation.operand, layer.weights.bits,
                                      layer.activations.bits)
                   : PacRule::fixed(approximation.operand, layer.weights.bits, layer.activations.bits);
  } catch (const Error& error) {
    throw Error("layer '" + layer.name + "': " + error.what());
  }
}

/// Rows that one channel of the input takes.
std::uint32_t channel_rows(const Layer& layer, std::uint32_t channels) {
  return static_cast<std::uint32_t>(layer.rows() / channels);
}

/// Bits of a number 0..count.
std::uint64_t counter_bits(std::uint32_t count) {
  return static_cast<std::uint64_t>(std::bit_width(count));
}

}  // namespace

std::optional<PacRule> layer_rule(const Layer& layer, std::uint32_t channels,
                                  const Accelerator& accelerator) {
  if (!accelerator.approximation || layer.exact) {
    return std::nullopt;
  }
  if (layer.weights.encoding != Encoding::unsigned_binary ||
      layer.activations.encoding != Encoding::unsigned_binary) {
    throw Error("layer '" + layer.name +
                "': codes that are not unsigned_binary: the approximation counts the ones of unsigned codes");
  }
  PacRule rule = make_rule(layer, *accelerator.approximation);
  if (rule.classes.back() == ExactPairs::all(layer.weights.bits, layer.activations.bits)) {
    return std::nullopt;
  }
  rule.segment_rows = accelerator.approximation->segments ? tile_rows(layer, channels, accelerator) : 0;
  return rule;
}

std::uint32_t tile_rows(const Layer& layer, std::uint32_t channels, const Accelerator& accelerator) {
  const bool segments = accelerator.approximation && accelerator.approximation->segments;
  if (!segments && accelerator.mapping.row_tiles == RowTiles::dense) {
    return accelerator.array.rows;
  }
  const std::uint32_t whole = segments ? channel_rows(layer, channels) : layer.kernel * layer.kernel;
  const std::uint32_t rows = accelerator.array.rows / whole * whole;
  if (rows == 0) {
    throw Error("layer '" + layer.name + "': a channel takes " + std::to_string(whole) +
                " rows, an array has " + std::to_string(accelerator.array.rows) + ": " +
                (segments ? "approximation.segments" : "mapping.row_tiles = \"whole_channels\"") +
                " needs whole channels in an array");
  }
  return rows;
}

PixelBits pixel_bits(const Layer& layer, std::uint32_t channels, const std::optional<PacRule>& rule,
                     std::uint32_t driven_bits) {
  if (!rule) {
    return {channels, std::uint64_t{channels} * layer.activations.bits, 0};
  }
  const std::uint32_t step =
      rule->segment_rows == 0 ? channels : rule->segment_rows / channel_rows(layer, channels);
  PixelBits bits{channels, std::uint64_t{channels} * driven_bits, 0};
  for (std::uint32_t first = 0; first < channels; first += step) {
    bits.counts += layer.activations.bits * counter_bits(std::min(step, channels - first));
  }
  return bits;
}

}  // namespace sumline
