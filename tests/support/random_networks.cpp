// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_networks.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "components/model/quantization_table.hpp"
#include "configs/accelerator_loader.hpp"
#include "tests/support/dice.hpp"

namespace sumline::test {
namespace {

Shape after_window(const Layer& layer, std::uint32_t channels) {
  const auto extent = [&](std::uint32_t size) {
    return (size + 2 * layer.padding - layer.kernel) / layer.stride + 1;
  };
  return {channels, extent(layer.in.height), extent(layer.in.width)};
}

/// Scales that spread the accumulators over the codes, some of them negative; the thresholds follow from them
/// exactly.
void add_quantizer(Layer& layer, std::uint32_t bits, Dice& dice) {
  const std::int64_t top_weight = layer.weights.value((1U << layer.weights.bits) - 1);
  const auto largest = static_cast<double>(layer.rows() * ((1U << layer.activations.bits) - 1)) *
                       static_cast<double>(top_weight);
  layer.quantizer.format.bits = bits;
  layer.quantizer.step = 0.1 + 0.01 * dice.below(20);
  const double range = layer.quantizer.step * std::exp2(bits);
  for (std::uint32_t channel = 0; channel < layer.out.channels; ++channel) {
    const double sign = dice.below(3) == 0 ? -1 : 1;
    layer.scale.push_back(sign * range * (0.5 + 0.1 * dice.below(40)) / largest);
    layer.offset.push_back(range * (0.02 * dice.below(50) - 0.2));
    const ChannelQuantizer quantizer{layer.scale.back(), layer.offset.back(), layer.quantizer.step, bits};
    const auto table = thresholds(quantizer, static_cast<std::int64_t>(largest));
    layer.quantizer.thresholds.insert(layer.quantizer.thresholds.end(), table.begin(), table.end());
  }
}

void add_weights(Layer& layer, Dice& dice) {
  layer.weights = {dice.flip_coin() ? Encoding::mid_rise : Encoding::unsigned_binary, dice.within(1, 8)};
  const std::uint32_t spread =
      dice.within(1, 1U << layer.weights.bits);  // sometimes only small codes: empty bitlines
  for (std::size_t index = 0; index < layer.rows() * layer.out.channels; ++index) {
    layer.weight_codes.push_back(static_cast<std::uint8_t>(dice.below(spread)));
  }
}

/// A layer that reads the last one.
Layer next_layer(const Workload& workload, LayerKind kind) {
  Layer layer;
  layer.name = "layers." + std::to_string(workload.layers.size());
  layer.kind = kind;
  layer.input = static_cast<std::int32_t>(workload.layers.size()) - 1;
  layer.in = workload.layers.empty() ? workload.image : workload.layers.back().out;
  if (workload.layers.empty()) {
    layer.activations = workload.image_format;
  } else if (const Layer& last = workload.layers.back(); last.has_weights()) {
    layer.activations = {Encoding::unsigned_binary, last.quantizer.format.bits};
  } else {
    layer.activations = last.activations;
  }
  return layer;
}

void add_convolution(Workload& workload, Dice& dice) {
  Layer layer = next_layer(workload, LayerKind::convolution);
  layer.kernel = dice.within(1, std::min(3U, std::min(layer.in.height, layer.in.width)));
  layer.stride = dice.within(1, 2);
  layer.padding = dice.below(layer.kernel);
  layer.out = after_window(layer, dice.within(1, 6));
  layer.requantize = true;
  add_weights(layer, dice);
  add_quantizer(layer, dice.within(1, 8), dice);
  workload.layers.push_back(layer);
}

void add_pool(Workload& workload, Dice& dice) {
  Layer layer = next_layer(workload, LayerKind::max_pool);
  layer.kernel = dice.within(1, std::min(3U, std::min(layer.in.height, layer.in.width)));
  layer.stride = dice.within(1, layer.kernel);
  layer.padding = dice.below(layer.kernel / 2 + 1);
  layer.out = after_window(layer, layer.in.channels);
  workload.layers.push_back(layer);
}

void add_linear(Workload& workload, bool logits, Dice& dice) {
  Layer layer = next_layer(workload, LayerKind::linear);
  layer.out = {dice.within(2, 20), 1, 1};
  layer.requantize = !logits;
  add_weights(layer, dice);
  add_quantizer(layer, dice.within(1, 8), dice);
  if (logits) {
    layer.quantizer = {};
  }
  workload.layers.push_back(layer);
}

}  // namespace

Workload random_network(std::uint64_t seed, std::uint64_t images) {
  Dice dice(seed);
  Workload workload;
  workload.network = "random-" + std::to_string(seed);
  workload.image = {dice.within(1, 3), dice.within(4, 8), dice.within(4, 8)};
  workload.image_format = {Encoding::unsigned_binary, dice.within(1, 8)};
  add_convolution(workload, dice);
  if (dice.flip_coin()) {
    add_pool(workload, dice);
  }
  if (dice.flip_coin()) {
    add_convolution(workload, dice);
  }
  if (dice.flip_coin()) {
    add_linear(workload, false, dice);
  }
  add_linear(workload, true, dice);
  const std::uint32_t codes = 1U << workload.image_format.bits;
  for (std::uint64_t index = 0; index < images * workload.image.size(); ++index) {
    workload.image_codes.push_back(static_cast<std::uint8_t>(dice.below(3) == 0 ? 0 : dice.below(codes)));
  }
  for (std::uint64_t image = 0; image < images; ++image) {
    workload.labels.push_back(static_cast<std::uint8_t>(dice.below(workload.layers.back().out.channels)));
  }
  validate(workload);
  return workload;
}

Accelerator random_accelerator(std::uint64_t seed) {
  Dice dice(seed);
  Accelerator accelerator = load_accelerator("redpim");
  accelerator.array.rows = dice.within(3, 150);
  accelerator.array.columns = dice.within(3, 150);
  accelerator.array.cell_bits = dice.within(1, 4);
  accelerator.ou.rows = dice.within(1, std::min(accelerator.array.rows, dice.flip_coin() ? 20U : 150U));
  accelerator.ou.columns = dice.within(1, accelerator.array.columns);
  accelerator.ou.skipping = static_cast<Skipping>(dice.below(3));
  accelerator.dac.bits = dice.within(1, 3);
  accelerator.adc.bits = dice.within(1, 9);
  accelerator.weights = {.mapping = dice.flip_coin() ? WeightMapping::offset : WeightMapping::differential,
                         .correction = OffsetCorrection::digital,
                         .flip = false};
  if (accelerator.weights.mapping == WeightMapping::offset) {
    accelerator.weights.correction = static_cast<OffsetCorrection>(dice.below(2));
    accelerator.weights.flip = dice.flip_coin() && accelerator.ou.skipping != Skipping::compaction;
  }
  accelerator.ou.skip_zero_columns = dice.flip_coin() && accelerator.ou.skipping != Skipping::compaction &&
                                     accelerator.weights.correction != OffsetCorrection::unit_column;
  accelerator.bank.arrays = dice.within(1, 8);
  accelerator.tile.banks = dice.within(1, 4);
  accelerator.tile.lut.mode = static_cast<LutMode>(dice.below(2));
  accelerator.tile.lut.index_bits = dice.within(4, 12);
  accelerator.chip.tiles = dice.within(1, 300);
  accelerator.mapping.replication = static_cast<Replication>(dice.below(2));
  return accelerator;
}

}  // namespace sumline::test
