// SPDX-License-Identifier: Apache-2.0
#include "arch/layer_mapping.hpp"

#include <algorithm>
#include <string>

#include "arch/mapping_rules.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

std::uint32_t divide_up(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::uint32_t>((a + b - 1) / b);
}

/// Wordline groups that a layer is read in: each adds one code to an output.
std::uint64_t groups_of(const Layer& layer, std::uint32_t row_step, const Accelerator& accelerator) {
  const auto rows = static_cast<std::uint32_t>(layer.rows());
  return std::uint64_t{rows / row_step} * divide_up(row_step, accelerator.ou.rows) +
         divide_up(rows % row_step, accelerator.ou.rows);
}

/// The largest magnitude that the codes of a staircase can add up to, 0 where the readout leaves sums as they are.
std::uint64_t largest_code_sum(const Layer& layer, std::uint32_t row_step, const Accelerator& accelerator) {
  if (accelerator.adc.readout != ReadoutKind::staircase) return 0;
  return groups_of(layer, row_step, accelerator) * ((std::uint64_t{1} << accelerator.adc.bits) - 1);
}

/// The codes as arrays hold them and take them in, and what buffers keep of them.
LayerMapping encode(const Layer& layer, std::uint32_t channels, const Accelerator& accelerator) {
  if (layer.exact && accelerator.adc.readout == ReadoutKind::staircase) {
    throw Error("layer '" + layer.name +
                "': is computed exactly, which adc.readout = \"staircase\" does not " +
                "allow: it needs digital units, [tile.digital]");
  }
  check_encoding(layer, accelerator);
  check_conversion(layer, accelerator);
  LayerMapping mapping{
      .weights = {accelerator.weights.mapping, layer.weights, accelerator.array.cell_bits},
      .activations = {layer.activations, accelerator.dac.bits},
      .rule = layer_rule(layer, channels, accelerator),
      .pixel = {},
      .regions = {},
      .row_tiles = 0,
      .column_tiles = 0,
      .replicas = 1,
      .largest_code_sum = largest_code_sum(layer, tile_rows(layer, channels, accelerator), accelerator),
      .utilization = 0};
  if (mapping.rule) {
    // Operand 0 leaves an array that is never read.
    const std::uint32_t kept = std::max(accelerator.approximation->operand, 1U);
    mapping.weights.keep_most_significant(kept);
    mapping.activations.drive_most_significant(kept);
  }
  mapping.pixel = pixel_bits(layer, channels, mapping.rule, mapping.activations.driven_bits());
  return mapping;
}

/// Columns of the digit matrix that one array holds.
std::uint32_t tile_columns(const Layer& layer, const WeightSlicing& weights, const ArrayConfig& array) {
  if (array.layout == BitlineLayout::output_major) {
    return array.columns;
  }
  const auto slices = static_cast<std::uint32_t>(weights.slices.size());
  if (slices > array.columns) {
    throw Error("layer '" + layer.name + "': an output takes " + std::to_string(slices) +
                " bitlines, an array has " + std::to_string(array.columns) +
                ": array.layout = \"slice_major\" needs whole outputs in an array");
  }
  return array.columns / slices * slices;
}

}  // namespace

bool on_arrays(const Layer& layer, const Accelerator& accelerator) {
  return layer.has_weights() && !(layer.exact && accelerator.tile.digital);
}

LayerMapping cut_layer(const Layer& layer, std::uint32_t channels, const Accelerator& accelerator) {
  LayerMapping mapping = encode(layer, channels, accelerator);
  const ArrayConfig& array = accelerator.array;
  const std::uint32_t row_step = tile_rows(layer, channels, accelerator);
  const std::uint32_t column_step = tile_columns(layer, mapping.weights, array);
  const auto rows = static_cast<std::uint32_t>(layer.rows());
  const auto columns = static_cast<std::uint32_t>(layer.out.channels * mapping.weights.slices.size());
  mapping.row_tiles = divide_up(rows, row_step);
  mapping.column_tiles = divide_up(columns, column_step);
  for (std::uint32_t row = 0; row < rows; row += row_step) {
    for (std::uint32_t column = 0; column < columns; column += column_step) {
      mapping.regions.push_back(
          {{row, std::min(row + row_step, rows)}, column, std::min(column + column_step, columns)});
    }
  }
  const double cells = static_cast<double>(mapping.regions.size()) * array.rows * array.columns;
  mapping.utilization = static_cast<double>(rows) * columns / cells;
  return mapping;
}

std::vector<ArrayModel> program_arrays(const Layer& layer, const LayerMapping& mapping,
                                       const Accelerator& accelerator) {
  std::vector<ArrayModel> arrays;
  arrays.reserve(mapping.regions.size());
  for (const ArrayRegion& region : mapping.regions) {
    arrays.emplace_back(accelerator, region, layer.weight_codes, static_cast<std::uint32_t>(layer.rows()),
                        mapping.weights, mapping.activations, mapping.rule ? &*mapping.rule : nullptr);
  }
  return arrays;
}

}  // namespace sumline
