// SPDX-License-Identifier: Apache-2.0
#include "tests/support/reference_engine.hpp"

#include <algorithm>
#include <cmath>

namespace sumline::test {
namespace {

using Integers = std::vector<std::int64_t>;

/// The bitlines of one output: what each cell holds for a weight code, and what its sum weighs.
struct Bitline {
  std::int64_t weight;
  Integers cell;  ///< [code]
};

std::vector<Bitline> bitlines_of_output(const CodeFormat& format, const Accelerator& accelerator) {
  const std::int64_t base = std::int64_t{1} << accelerator.array.cell_bits;
  std::vector<Bitline> bitlines;
  const auto add = [&](std::int64_t factor, const Integers& magnitudes) {
    Integers rest = magnitudes;
    for (std::uint32_t bit = 0; bit < format.bits; bit += accelerator.array.cell_bits) {
      Bitline bitline{factor, {}};
      for (std::int64_t& magnitude : rest) {
        bitline.cell.push_back(magnitude % base);
        magnitude /= base;
      }
      bitlines.push_back(bitline);
      factor *= base;
    }
  };
  Integers codes, positive, negative;
  if (accelerator.weights.mapping == WeightMapping::signed_cells) {
    for (std::uint32_t code = 0; code < format.levels(); ++code) codes.push_back(format.value(code));
    return {{1, codes}};
  }
  for (std::uint32_t code = 0; code < (1U << format.bits); ++code) {
    codes.push_back(code);
    positive.push_back(std::max(format.value(code), 0));
    negative.push_back(std::max(-format.value(code), 0));
  }
  if (accelerator.weights.mapping == WeightMapping::offset) {
    add(format.encoding == Encoding::mid_rise ? 2 : 1, codes);
  } else {
    add(1, positive);
    add(-1, negative);
  }
  return bitlines;
}

/// Lists of rows that are driven together for these digits.
std::vector<std::vector<std::size_t>> groups_of(const OuConfig& ou, const Integers& digits) {
  std::vector<std::vector<std::size_t>> groups;
  if (ou.skipping == Skipping::compaction) {
    for (std::size_t row = 0; row < digits.size(); ++row) {
      if (digits[row] == 0) continue;
      if (groups.empty() || groups.back().size() == ou.rows) groups.emplace_back();
      groups.back().push_back(row);
    }
    return groups;
  }
  for (std::size_t begin = 0; begin < digits.size(); begin += ou.rows) {
    std::vector<std::size_t> group;
    bool any = false;
    for (std::size_t row = begin; row < std::min<std::size_t>(begin + ou.rows, digits.size()); ++row) {
      group.push_back(row);
      any = any || digits[row] != 0;
    }
    if (any || ou.skipping == Skipping::none) groups.push_back(group);
  }
  return groups;
}

/// One crossbar: rows [row_begin, row_end) and columns [column_begin, column_end) of the layer.
struct Crossbar {
  const Accelerator& accelerator;
  std::vector<Integers> cells;      ///< [columns][rows]
  std::vector<std::size_t> output;  ///< [columns]
  Integers weight;                  ///< [columns], negative where inverted
  std::int64_t full_product;        ///< of signed cells: largest weight x largest input
  std::vector<std::pair<std::size_t, std::int64_t>> corrections;  ///< (output, factor of the input sum)
};

Crossbar program(const Layer& layer, const Accelerator& accelerator, std::size_t row_begin,
                 std::size_t row_end, std::size_t column_begin, std::size_t column_end) {
  const std::vector<Bitline> bitlines = bitlines_of_output(layer.weights, accelerator);
  const std::int64_t full = (std::int64_t{1} << accelerator.array.cell_bits) - 1;
  const auto largest = [](const CodeFormat& format) {
    return std::int64_t{format.value(format.levels() - 1)};
  };
  Crossbar crossbar{accelerator, {}, {}, {}, largest(layer.weights) * largest(layer.activations), {}};
  for (std::size_t column = column_begin; column < column_end; ++column) {
    const std::size_t output = column / bitlines.size();
    const Bitline& bitline = bitlines[column % bitlines.size()];
    Integers cells;
    std::int64_t total = 0;
    for (std::size_t row = row_begin; row < row_end; ++row) {
      cells.push_back(bitline.cell[layer.weight_codes[output * layer.rows() + row]]);
      total += cells.back();
    }
    std::int64_t weight = bitline.weight;
    if (accelerator.weights.flip && 2 * total > full * static_cast<std::int64_t>(cells.size())) {
      for (std::int64_t& cell : cells) cell = full - cell;
      crossbar.corrections.emplace_back(output, weight * full);
      weight = -weight;
    }
    if (accelerator.weights.mapping == WeightMapping::offset && column % bitlines.size() == 0) {
      crossbar.corrections.emplace_back(output, layer.weights.value(0));
    }
    crossbar.cells.push_back(cells);
    crossbar.output.push_back(output);
    crossbar.weight.push_back(weight);
  }
  return crossbar;
}

/// The staircase as its definition says it: which of the thresholds, half-way between the levels, a sum has passed.
std::int64_t climb(std::int64_t sum, std::int64_t full_scale, const AdcConfig& adc, ReferenceCounts& counts) {
  const std::int64_t steps = (std::int64_t{1} << adc.bits) - 1;
  std::int64_t level = 0;
  for (std::int64_t k = 1; k <= steps; ++k) {
    // threshold = -full_scale + (k - 1/2) * 2 full_scale / steps
    const std::int64_t distance = (sum + full_scale) * steps - (2 * k - 1) * full_scale;
    level += adc.bits == 1 ? distance > 0 : distance >= 0;
  }
  counts.saturated += std::abs(sum) * steps > full_scale * (steps + 1) ||
                              (sum > 0 && adc.bits > 1 && sum * steps == full_scale * (steps + 1)) ||
                              (sum < 0 && adc.bits == 1 && -sum * steps == full_scale * (steps + 1))
                          ? 1
                          : 0;
  return 2 * level - steps;
}

/// What the converter makes of a sum. @param full_product of a full input and a full cell
std::int64_t convert(std::int64_t sum, std::int64_t full_product, const Accelerator& accelerator,
                     ReferenceCounts& counts) {
  if (accelerator.adc.readout == ReadoutKind::staircase)
    return climb(sum, accelerator.adc.full_scale * full_product, accelerator.adc, counts);
  if (accelerator.weights.mapping == WeightMapping::signed_cells) {
    const std::int64_t half = std::int64_t{1} << (accelerator.adc.bits - 1);
    const std::int64_t code = std::clamp<std::int64_t>(sum, -half, half - 1);
    counts.saturated += code != sum ? 1 : 0;
    return code;
  }
  const std::int64_t code = std::min(sum, (std::int64_t{1} << accelerator.adc.bits) - 1);
  counts.saturated += code != sum ? 1 : 0;
  return code;
}

/// Reads one group. @param place value of the digits @param outputs accumulators of the layer's outputs
void read_group(const Crossbar& crossbar, const Integers& digits, const std::vector<std::size_t>& group,
                std::int64_t place, bool unit_column, Integers& outputs, ReferenceCounts& counts) {
  const Accelerator& accelerator = crossbar.accelerator;
  const auto driven = static_cast<std::uint64_t>(
      std::count_if(group.begin(), group.end(), [&](std::size_t row) { return digits[row] != 0; }));
  for (std::size_t block = 0; block < crossbar.cells.size(); block += accelerator.ou.columns) {
    std::uint64_t converted = 0;
    for (std::size_t column = block; column < std::min(block + accelerator.ou.columns, crossbar.cells.size());
         ++column) {
      std::int64_t sum = 0;
      std::int64_t stored = 0;
      for (const std::size_t row : group) {
        sum += digits[row] * crossbar.cells[column][row];
        stored += crossbar.cells[column][row];
      }
      if (accelerator.ou.skip_zero_columns && stored == 0) continue;
      ++converted;
      outputs[crossbar.output[column]] +=
          place * crossbar.weight[column] * convert(sum, crossbar.full_product, accelerator, counts);
    }
    if (converted == 0) continue;
    ++counts.ou_reads;
    counts.conversions += converted;
    counts.wordline_activations += driven;
    counts.cell_activations += driven * converted;
  }
  std::int64_t sum = 0;
  for (const std::size_t row : group) sum += digits[row];
  if (unit_column) {
    ++counts.unit_conversions;
    counts.cell_activations += driven;
    sum = convert(sum, crossbar.full_product, accelerator, counts);
  }
  for (const auto& [output, factor] : crossbar.corrections) outputs[output] += place * factor * sum;
}

void read_crossbar(const Crossbar& crossbar, const Integers& codes, bool unit_column, Integers& outputs,
                   ReferenceCounts& counts, const CodeFormat& format) {
  const Accelerator& accelerator = crossbar.accelerator;
  const std::int64_t base = std::int64_t{1} << accelerator.dac.bits;
  const bool bipolar = format.encoding != Encoding::unsigned_binary;
  std::int64_t place = 1;
  for (std::uint32_t bit = 0; bit < format.bits; bit += accelerator.dac.bits, place *= base) {
    Integers digits;
    for (const std::int64_t code : codes) {
      digits.push_back(bipolar ? format.value(static_cast<std::uint32_t>(code)) : code / place % base);
    }
    for (const auto& group : groups_of(accelerator.ou, digits)) {
      read_group(crossbar, digits, group, place, unit_column, outputs, counts);
    }
  }
}

void run_arrays(const Layer& layer, const Accelerator& accelerator, const ReferenceGraph& graph,
                ReferenceLayerRun& run) {
  const std::size_t columns = layer.out.channels * bitlines_of_output(layer.weights, accelerator).size();
  const bool corrects = accelerator.weights.flip ||
                        (accelerator.weights.mapping == WeightMapping::offset && layer.weights.value(0) != 0);
  const bool unit_column = corrects && accelerator.weights.correction == OffsetCorrection::unit_column;
  const std::size_t window = layer.kernel * layer.kernel;
  const std::size_t tile_rows = accelerator.mapping.row_tiles == RowTiles::whole_channels
                                    ? accelerator.array.rows / window * window
                                    : accelerator.array.rows;
  run.accumulators.assign(layer.out.size(), 0);
  for (std::size_t row = 0; row < layer.rows(); row += tile_rows) {
    const std::size_t row_end = std::min<std::size_t>(row + tile_rows, layer.rows());
    for (std::size_t column = 0; column < columns; column += accelerator.array.columns) {
      const std::size_t column_end = std::min<std::size_t>(column + accelerator.array.columns, columns);
      const Crossbar crossbar = program(layer, accelerator, row, row_end, column, column_end);
      for (std::size_t position = 0; position < layer.out.positions(); ++position) {
        Integers codes;
        for (std::size_t k = row; k < row_end; ++k) {
          codes.push_back(graph.input_code(layer, k, position));
        }
        Integers outputs(layer.out.channels);
        read_crossbar(crossbar, codes, unit_column, outputs, run.counts, layer.activations);
        for (std::size_t n = 0; n < outputs.size(); ++n) {
          run.accumulators[n * layer.out.positions() + position] += outputs[n];
        }
      }
    }
  }
}

/// A layer in the digital units: what its codes stand for, exactly.
void run_digital(const Layer& layer, const ReferenceGraph& graph, ReferenceLayerRun& run) {
  for (std::size_t output = 0; output < layer.out.size(); ++output) {
    const std::size_t weights = output / layer.out.positions() * layer.rows();
    run.accumulators.push_back(0);
    for (std::size_t row = 0; row < layer.rows(); ++row) {
      const std::uint8_t code = graph.input_code(layer, row, output % layer.out.positions());
      run.accumulators.back() +=
          layer.activations.value(code) * layer.weights.value(layer.weight_codes[weights + row]);
    }
  }
}

/// Where rounding puts the lowest boundary, in steps.
double lowest_boundary(const CodeFormat& format) {
  switch (format.encoding) {
    case Encoding::unsigned_binary:
      return 0.5;
    case Encoding::mid_rise:
      return 1 - std::exp2(format.bits - 1.0);
    case Encoding::ternary:
      return -0.5;
  }
  return 0;
}

/// z in units of the step, from half a step below the lowest boundary on.
double level(const Layer& layer, std::size_t channel, std::int64_t sum, double z) {
  const OutputQuantizer& quantizer = layer.quantizer;
  if (!quantizer.boundaries.empty()) return (z - quantizer.boundaries.front()) / quantizer.step + 0.5;
  return layer.scale[channel] / quantizer.step * static_cast<double>(sum) +
         (layer.offset[channel] / quantizer.step + (0.5 - lowest_boundary(quantizer.format)));
}

/// Codes of a table addressed by z.
std::vector<std::uint8_t> look_up(const Layer& layer, const LutConfig& lut, const ReferenceGraph& graph,
                                  const std::vector<std::int64_t>& sums) {
  const CodeFormat& format = layer.quantizer.format;
  const double interval = std::exp2(static_cast<double>(format.bits) - lut.index_bits);
  const std::vector<double> z = graph.real_values(layer, sums);
  std::vector<std::uint8_t> codes;
  for (std::size_t output = 0; output < sums.size(); ++output) {
    const double address =
        std::floor(level(layer, output / layer.out.positions(), sums[output], z[output]) / interval);
    const double clipped = std::max(0.0, std::min(address, std::exp2(lut.index_bits) - 1));
    codes.push_back(static_cast<std::uint8_t>(
        std::min(std::nearbyint((clipped + 0.5) * interval), static_cast<double>(format.levels() - 1))));
  }
  return codes;
}

}  // namespace

std::vector<ReferenceLayerRun> run_crossbars(const Workload& workload, const Accelerator& accelerator,
                                             std::uint64_t image) {
  ReferenceGraph graph(workload, image);
  std::vector<ReferenceLayerRun> runs;
  for (const Layer& layer : workload.layers) {
    ReferenceLayerRun run;
    if (!layer.has_weights()) {
      static_cast<ReferenceMap&>(run) = graph.pool(layer);
    } else if (layer.exact && accelerator.tile.digital) {
      run_digital(layer, graph, run);
    } else {
      run_arrays(layer, accelerator, graph, run);
    }
    if (layer.requantize) {
      run.codes = accelerator.tile.lut.mode == LutMode::direct
                      ? look_up(layer, accelerator.tile.lut, graph, run.accumulators)
                      : graph.quantize(layer, run.accumulators);
    }
    graph.add(run);
    runs.push_back(run);
  }
  return runs;
}

}  // namespace sumline::test
