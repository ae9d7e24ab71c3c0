// SPDX-License-Identifier: Apache-2.0
#include "tests/support/signed_networks.hpp"

#include <algorithm>
#include <random>
#include <string>

#include "configs/accelerator_loader.hpp"

namespace sumline::test {
namespace {

using Random =
    std::mt19937_64;  // its sequence is fixed by the standard; distributions are not, so none is used

std::uint32_t within(Random& random, std::uint32_t low, std::uint32_t high) {
  return low + static_cast<std::uint32_t>(random() % (high - low + 1));
}

CodeFormat draw_format(Random& random) {
  if (within(random, 0, 3) == 0) return {Encoding::ternary, 2};
  return {Encoding::mid_rise, within(random, 1, 4)};
}

std::vector<std::uint8_t> draw_codes(Random& random, std::size_t count, const CodeFormat& format) {
  std::vector<std::uint8_t> codes(count);
  for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(within(random, 0, format.levels() - 1));
  return codes;
}

/// Thresholds of both signs, some equal, ascending or descending with the channel's scale.
void add_quantizer(Layer& layer, Random& random) {
  layer.requantize = true;
  layer.quantizer.format = {Encoding::mid_rise, within(random, 1, 4)};
  layer.quantizer.step = 0.25;
  for (std::uint32_t channel = 0; channel < layer.out.channels; ++channel) {
    const bool rising = within(random, 0, 2) != 0;
    std::vector<std::int64_t> table;
    for (std::uint32_t j = 1; j < layer.quantizer.format.levels(); ++j) {
      table.push_back(static_cast<std::int64_t>(within(random, 0, 60)) - 30);
    }
    std::sort(table.begin(), table.end());
    if (!rising) std::reverse(table.begin(), table.end());
    layer.scale[channel] = rising ? 0.01 : -0.02;
    layer.quantizer.thresholds.insert(layer.quantizer.thresholds.end(), table.begin(), table.end());
  }
}

Layer begin(const Workload& workload, LayerKind kind) {
  Layer layer;
  layer.name = "layers." + std::to_string(workload.layers.size());
  layer.kind = kind;
  layer.input = static_cast<std::int32_t>(workload.layers.size()) - 1;
  layer.in = workload.layers.empty() ? workload.image : workload.layers.back().out;
  layer.activations = format_of(workload, layer.input);
  return layer;
}

void add_weights(Layer& layer, Random& random) {
  layer.weights = draw_format(random);
  layer.weight_codes = draw_codes(random, layer.rows() * layer.out.channels, layer.weights);
  layer.scale.assign(layer.out.channels, 0.01);
  layer.offset.assign(layer.out.channels, 0.125);
}

void add_window(Workload& workload, LayerKind kind, Random& random) {
  Layer layer = begin(workload, kind);
  layer.kernel = within(random, 1, std::min(3U, layer.in.height));
  layer.stride = within(random, 1, 2);
  const auto extent = [&](std::uint32_t size) { return (size - layer.kernel) / layer.stride + 1; };
  layer.out = {layer.in.channels, extent(layer.in.height), extent(layer.in.width)};
  if (kind == LayerKind::convolution) {
    layer.out.channels = within(random, 1, 9);
    add_weights(layer, random);
    add_quantizer(layer, random);
  }
  workload.layers.push_back(layer);
}

void add_logits(Workload& workload, Random& random) {
  Layer layer = begin(workload, LayerKind::linear);
  layer.out = {within(random, 2, 12), 1, 1};
  add_weights(layer, random);
  workload.layers.push_back(layer);
}

}  // namespace

Workload signed_network(std::uint64_t seed, std::uint64_t images, const Conversion& conversion) {
  Random random(seed);
  Workload workload;
  workload.network = "signed-" + std::to_string(seed);
  workload.image = {within(random, 1, 6), 9, 9};
  workload.image_format = draw_format(random);
  add_window(workload, LayerKind::convolution, random);
  if (within(random, 0, 1) == 0) add_window(workload, LayerKind::max_pool, random);
  add_window(workload, LayerKind::convolution, random);
  add_logits(workload, random);
  for (Layer& layer : workload.layers) {
    if (layer.has_weights()) layer.conversion = conversion;
  }
  workload.image_codes = draw_codes(random, images * workload.image.size(), workload.image_format);
  for (std::uint64_t image = 0; image < images; ++image) workload.labels.push_back(0);
  validate(workload);
  return workload;
}

Accelerator signed_accelerator(std::uint64_t seed) {
  Random random(seed);
  Accelerator accelerator = load_accelerator("sa-cim");
  accelerator.array.rows = within(random, 9, 140);
  accelerator.array.columns = within(random, 3, 20);
  accelerator.array.cell_bits = 4;
  accelerator.dac.bits = within(random, 4, 8);
  accelerator.ou.rows =
      within(random, 1, 2) == 1 ? accelerator.array.rows : within(random, 1, accelerator.array.rows);
  accelerator.ou.columns = within(random, 1, accelerator.array.columns);
  accelerator.adc.readout = within(random, 0, 3) == 0 ? ReadoutKind::saturating : ReadoutKind::staircase;
  accelerator.adc.bits =
      accelerator.adc.readout == ReadoutKind::staircase ? within(random, 1, 5) : within(random, 4, 14);
  accelerator.adc.full_scale = within(random, 1, 30);
  accelerator.bank.arrays = within(random, 1, 8);
  accelerator.tile.banks = within(random, 1, 4);
  accelerator.chip.tiles = within(random, 1, 300);
  accelerator.mapping.row_tiles = static_cast<RowTiles>(within(random, 0, 1));
  accelerator.mapping.replication = static_cast<Replication>(within(random, 0, 1));
  return accelerator;
}

}  // namespace sumline::test
