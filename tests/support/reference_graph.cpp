// SPDX-License-Identifier: Apache-2.0
#include "tests/support/reference_graph.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace sumline::test {
namespace {

/// A place in a map, [channel, y, x] of [channels, height, width].
std::size_t index_of(const Shape& shape, std::size_t channel, std::size_t y, std::size_t x) {
  return (channel * shape.height + y) * shape.width + x;
}

/// Cell (i, j) under the window of output (y, x); nothing where it is padding.
std::optional<std::pair<std::size_t, std::size_t>> cell(const Layer& layer, std::size_t position,
                                                        std::size_t i, std::size_t j) {
  const auto y = static_cast<std::int64_t>(position / layer.out.width * layer.stride + i) - layer.padding;
  const auto x = static_cast<std::int64_t>(position % layer.out.width * layer.stride + j) - layer.padding;
  if (y < 0 || x < 0 || y >= layer.in.height || x >= layer.in.width) return std::nullopt;
  return std::pair(static_cast<std::size_t>(y), static_cast<std::size_t>(x));
}

/// Calls visit(y, x) for every cell on the map under a window.
template <class Visit>
void for_each_cell(const Layer& layer, std::size_t position, Visit visit) {
  for (std::size_t i = 0; i < layer.kernel; ++i) {
    for (std::size_t j = 0; j < layer.kernel; ++j) {
      if (const auto at = cell(layer, position, i, j)) visit(at->first, at->second);
    }
  }
}

std::uint8_t padding_code(const Layer& layer, std::size_t channel) {
  if (!layer.padding_codes.empty()) return layer.padding_codes[channel];
  if (layer.activations.encoding == Encoding::mid_rise)
    return static_cast<std::uint8_t>(layer.activations.levels());
  return layer.activations.encoding == Encoding::ternary ? 1 : 0;
}

/// The code of `wanted` whose share of its largest value is nearest to that of a code of `found`.
std::uint8_t nearest(const CodeFormat& found, const CodeFormat& wanted, std::uint8_t code) {
  if (found == wanted) return code;
  const std::int64_t found_top = found.value(found.levels() - 1);
  const std::int64_t wanted_top = wanted.value(wanted.levels() - 1);
  std::uint8_t best = 0;
  const auto distance = [&](std::uint32_t candidate) {
    return std::abs(wanted.value(candidate) * found_top - found.value(code) * wanted_top);
  };
  for (std::uint32_t candidate = 1; candidate < wanted.levels(); ++candidate) {
    if (distance(candidate) < distance(best)) best = static_cast<std::uint8_t>(candidate);
  }
  return best;
}

}  // namespace

ReferenceGraph::ReferenceGraph(const Workload& workload, std::size_t image)
    : workload_(workload),
      pixels_(
          workload.image_codes.begin() + static_cast<std::ptrdiff_t>(image * workload.image.size()),
          workload.image_codes.begin() + static_cast<std::ptrdiff_t>((image + 1) * workload.image.size())) {}

std::uint8_t ReferenceGraph::read(const Layer& layer, std::size_t index) const {
  const auto& codes = layer.input < 0 ? pixels_ : maps_[static_cast<std::size_t>(layer.input)].codes;
  return nearest(format_of(workload_, layer.input), layer.activations, codes[index]);
}

std::uint8_t ReferenceGraph::input_code(const Layer& layer, std::size_t row, std::size_t position) const {
  if (layer.kind == LayerKind::linear) return read(layer, row);
  const std::size_t channel = row / (layer.kernel * layer.kernel);
  const auto at = cell(layer, position, row / layer.kernel % layer.kernel, row % layer.kernel);
  return at ? read(layer, index_of(layer.in, channel, at->first, at->second)) : padding_code(layer, channel);
}

std::int64_t ReferenceGraph::input_value(const Layer& layer, std::size_t channel, std::size_t y,
                                         std::size_t x) const {
  const std::size_t index = index_of(layer.in, channel, y, x);
  return content_of(workload_, layer.input) == Content::sums
             ? maps_[static_cast<std::size_t>(layer.input)].accumulators[index]
             : layer.activations.value(read(layer, index));
}

ReferenceMap ReferenceGraph::pool(const Layer& layer) const {
  const bool codes =
      layer.kind == LayerKind::max_pool && content_of(workload_, layer.input) == Content::codes;
  ReferenceMap map;
  for (std::size_t output = 0; output < layer.out.size(); ++output) {
    const std::size_t channel = output / layer.out.positions();
    std::vector<std::int64_t> values;
    std::uint8_t largest_code = 0;
    for_each_cell(layer, output % layer.out.positions(), [&](std::size_t y, std::size_t x) {
      values.push_back(input_value(layer, channel, y, x));
      if (codes) largest_code = std::max(largest_code, read(layer, index_of(layer.in, channel, y, x)));
    });
    if (codes) {
      map.codes.push_back(largest_code);
    } else if (layer.kind == LayerKind::max_pool) {
      map.accumulators.push_back(*std::max_element(values.begin(), values.end()));
    } else {
      map.accumulators.push_back(0);
      for (const std::int64_t value : values) map.accumulators.back() += value;
    }
  }
  return map;
}

std::int64_t ReferenceGraph::residual(const Layer& layer, std::size_t output) const {
  const ReferenceMap& map = maps_[static_cast<std::size_t>(layer.residual)];
  const bool sums = content_of(workload_, layer.residual) == Content::sums;
  const auto value = [&](std::size_t index) -> std::int64_t {
    return sums ? map.accumulators[index] : format_of(workload_, layer.residual).value(map.codes[index]);
  };
  if (layer.kind != LayerKind::average_pool) return value(output);
  std::int64_t sum = 0;
  for_each_cell(layer, output % layer.out.positions(), [&](std::size_t y, std::size_t x) {
    sum += value(index_of(layer.in, output / layer.out.positions(), y, x));
  });
  return sum;
}

std::vector<double> ReferenceGraph::real_values(const Layer& layer,
                                                const std::vector<std::int64_t>& accumulators) const {
  std::vector<double> values;
  for (std::size_t output = 0; output < accumulators.size(); ++output) {
    const std::size_t channel = output / layer.out.positions();
    double z = layer.scale[channel] * static_cast<double>(accumulators[output]);
    if (!layer.sum_scale.empty()) {
      std::int64_t sum = 0;
      for (std::size_t row = 0; row < layer.rows(); ++row) {
        sum += input_code(layer, row, output % layer.out.positions());
      }
      z = z + layer.sum_scale[channel] * static_cast<double>(sum);
    }
    if (layer.residual >= 0) {
      z = z + layer.residual_scale[channel] * static_cast<double>(residual(layer, output));
    }
    values.push_back(z + layer.offset[channel]);
  }
  return values;
}

std::vector<std::uint8_t> ReferenceGraph::quantize(const Layer& layer,
                                                   const std::vector<std::int64_t>& accumulators) const {
  const OutputQuantizer& quantizer = layer.quantizer;
  const std::size_t steps = quantizer.format.levels() - 1;
  std::vector<std::uint8_t> codes(accumulators.size());
  const std::vector<double> z =
      quantizer.boundaries.empty() ? std::vector<double>() : real_values(layer, accumulators);
  for (std::size_t output = 0; output < codes.size(); ++output) {
    const std::size_t channel = output / layer.out.positions();
    const auto reached = [&](std::size_t j) {
      if (!z.empty()) return z[output] >= quantizer.boundaries[j];
      const std::int64_t threshold = quantizer.thresholds[channel * steps + j];
      return layer.scale[channel] < 0 ? accumulators[output] <= threshold : accumulators[output] >= threshold;
    };
    for (std::size_t j = 0; j < steps; ++j) {
      if (reached(j)) ++codes[output];
    }
  }
  return codes;
}

}  // namespace sumline::test
