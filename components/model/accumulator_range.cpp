// SPDX-License-Identifier: Apache-2.0
#include "components/model/accumulator_range.hpp"

#include <algorithm>
#include <cstdlib>

#include "energy/error.hpp"

namespace sumline {
namespace {

std::uint64_t largest_value(const CodeFormat& format) {
  return static_cast<std::uint64_t>(
      std::max(std::abs(format.value(0)), std::abs(format.value(format.levels() - 1))));
}

/// Of what layer `source` hands on (-1 = the images), code by code or sum by sum.
std::uint64_t largest_value(const Workload& workload, std::span<const std::uint64_t> accumulators,
                            std::int32_t source) {
  return content_of(workload, source) == Content::codes ? largest_value(format_of(workload, source))
                                                        : accumulators[static_cast<std::size_t>(source)];
}

/// What a layer reads, as it reads it.
std::uint64_t largest_input(const Workload& workload, std::span<const std::uint64_t> accumulators,
                            const Layer& layer) {
  return content_of(workload, layer.input) == Content::codes
             ? largest_value(layer.activations)
             : largest_value(workload, accumulators, layer.input);
}

std::uint64_t window_size(const Layer& layer) {
  return std::uint64_t{layer.kernel} * layer.kernel;
}

std::uint64_t largest_exact(const Layer& layer, std::uint64_t input) {
  switch (layer.kind) {
    case LayerKind::convolution:
    case LayerKind::linear:
      return layer.rows() * input * largest_value(layer.weights);
    case LayerKind::average_pool:
      return window_size(layer) * input;
    case LayerKind::max_pool:
      return input;
  }
  SUMLINE_ASSERT(false, "unknown layer kind");
  return 0;
}

}  // namespace

std::vector<std::uint64_t> largest_accumulators(const Workload& workload,
                                                std::span<const std::uint64_t> code_sums) {
  std::vector<std::uint64_t> largest;
  for (const Layer& layer : workload.layers) {
    const std::uint64_t codes = code_sums.empty() ? 0 : code_sums[largest.size()];
    largest.push_back(codes != 0 ? codes : largest_exact(layer, largest_input(workload, largest, layer)));
  }
  return largest;
}

std::uint64_t largest_residual(const Workload& workload, std::span<const std::uint64_t> accumulators,
                               std::size_t index) {
  const Layer& layer = workload.layers[index];
  if (layer.residual < 0) return 0;
  return largest_value(workload, accumulators, layer.residual) *
         (layer.kind == LayerKind::average_pool ? window_size(layer) : 1);
}

}  // namespace sumline
