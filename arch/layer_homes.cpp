// SPDX-License-Identifier: Apache-2.0
#include "arch/layer_homes.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

#include "components/model/accumulator_range.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

/// Of the two's complement number that holds every integer up to `largest` of a layer.
std::uint32_t integer_bits(const Layer& layer, const char* what, std::uint64_t largest) {
  const auto bits = static_cast<std::uint32_t>(std::bit_width(largest)) + 1;
  if (bits > 31) {
    throw Error("layer '" + layer.name + "': " + what + " of " + std::to_string(bits) +
                " bits: at most 31; the layer has too many inputs or too many bits");
  }
  return bits;
}

/// Tile of the first bank of each layer that stands on arrays. @return [layers]
std::vector<std::optional<std::uint32_t>> first_banks(std::size_t layers, const std::vector<Phase>& phases) {
  std::vector<std::optional<std::uint32_t>> tiles(layers);
  for (const Phase& phase : phases) {
    for (const Pass& pass : phase.passes) {
      if (!tiles[pass.layer]) tiles[pass.layer] = pass.replicas.front().banks.front().tile;
    }
  }
  return tiles;
}

/// What a layer must find in its buffer before its first output can start: everything, or the lines under the
/// first window.
std::uint64_t buffered_bits(const Layer& layer, std::uint64_t pixels, std::uint64_t pixel_bits,
                            Schedule schedule) {
  if (schedule == Schedule::layer_pipelined && layer.kind == LayerKind::convolution) {
    pixels = std::min<std::uint64_t>(pixels, std::uint64_t{layer.kernel - 1} * layer.in.width + layer.kernel);
  }
  return pixels * pixel_bits;
}

void check_capacity(const Layer& layer, const char* map, std::uint64_t need, const Accelerator& accelerator) {
  const std::uint64_t capacity = accelerator.tile.buffer.capacity_bits;
  if (need > capacity) {
    throw Error("layer '" + layer.name + "': its " + map + " map takes " + std::to_string(need) +
                " bits, the buffer of a tile holds " + std::to_string(capacity) +
                ": raise tile.buffer.capacity_bits");
  }
}

}  // namespace

std::vector<LayerHome> layer_homes(const Workload& workload,
                                   const std::vector<std::optional<LayerMapping>>& layers,
                                   const std::vector<Phase>& phases) {
  std::vector<std::uint64_t> code_sums;
  for (const auto& layer : layers) code_sums.push_back(layer ? layer->largest_code_sum : 0);
  const auto largest = largest_accumulators(workload, code_sums);
  const auto on_arrays = first_banks(workload.layers.size(), phases);
  const auto first = std::find_if(on_arrays.begin(), on_arrays.end(), [](const auto& tile) { return tile; });
  std::uint32_t neighbour = first == on_arrays.end() ? 0 : **first;
  std::vector<LayerHome> homes;
  for (std::size_t index = 0; index < workload.layers.size(); ++index) {
    const Layer& layer = workload.layers[index];
    neighbour = on_arrays[index].value_or(neighbour);
    const bool at_source = !layer.has_weights() && layer.input >= 0;
    integer_bits(layer, "residuals", largest_residual(workload, largest, index));
    homes.push_back({at_source ? homes[static_cast<std::size_t>(layer.input)].tile : neighbour,
                     largest[index], integer_bits(layer, "accumulators", largest[index])});
  }
  return homes;
}

std::uint32_t element_bits(const Workload& workload, const Mapping& mapping, std::int32_t source) {
  return content_of(workload, source) == Content::codes
             ? format_of(workload, source).bits
             : mapping.homes[static_cast<std::size_t>(source)].accumulator_bits;
}

const Shape& source_shape(const Workload& workload, const Layer& layer) {
  return layer.input < 0 ? workload.image : workload.layers[static_cast<std::size_t>(layer.input)].out;
}

std::uint64_t input_pixel_bits(const Workload& workload, const Mapping& mapping, std::size_t index) {
  const Layer& layer = workload.layers[index];
  return mapping.layers[index]
             ? mapping.layers[index]->pixel.total()
             : std::uint64_t{source_shape(workload, layer).channels} * layer.activations.bits;
}

std::uint64_t residual_bits(const Workload& workload, const Mapping& mapping, std::size_t index) {
  const Layer& layer = workload.layers[index];
  if (layer.residual < 0) return 0;
  return element_bits(workload, mapping, layer.residual) *
         workload.layers[static_cast<std::size_t>(layer.residual)].out.size();
}

void check_buffers(const Workload& workload, const Mapping& mapping, const Accelerator& accelerator) {
  const Schedule schedule = accelerator.mapping.schedule;
  for (std::size_t index = 0; index < workload.layers.size(); ++index) {
    const Layer& layer = workload.layers[index];
    if (layer.has_weights()) {
      const std::uint64_t pixel = input_pixel_bits(workload, mapping, index);
      check_capacity(layer, "input",
                     buffered_bits(layer, source_shape(workload, layer).positions(), pixel, schedule),
                     accelerator);
    }
    if (schedule == Schedule::layer_serial) {  // a residual waits until the layers between have finished
      check_capacity(layer, "residual", residual_bits(workload, mapping, index), accelerator);
    }
  }
}

}  // namespace sumline
