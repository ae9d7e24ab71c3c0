// SPDX-License-Identifier: Apache-2.0
#include "tests/support/reference_workload.hpp"

#include <algorithm>

namespace sumline::test {
namespace {

std::vector<std::int64_t> multiply(const Layer& layer, const ReferenceGraph& graph) {
  const std::size_t positions = layer.out.positions();
  std::vector<std::int64_t> sums(layer.out.size());
  std::vector<std::int64_t> inputs(layer.rows());
  for (std::size_t position = 0; position < positions; ++position) {
    for (std::size_t row = 0; row < inputs.size(); ++row) {
      inputs[row] = layer.activations.value(graph.input_code(layer, row, position));
    }
    for (std::size_t n = 0; n < layer.out.channels; ++n) {
      const std::uint8_t* weights = layer.weight_codes.data() + n * inputs.size();
      for (std::size_t row = 0; row < inputs.size(); ++row) {
        sums[n * positions + position] += inputs[row] * layer.weights.value(weights[row]);
      }
    }
  }
  return sums;
}

}  // namespace

ReferenceImage run_reference(const Workload& workload, std::size_t image) {
  ReferenceGraph graph(workload, image);
  ReferenceImage result;
  for (const Layer& layer : workload.layers) {
    ReferenceMap map = layer.has_weights() ? ReferenceMap{multiply(layer, graph), {}} : graph.pool(layer);
    if (layer.requantize) map.codes = graph.quantize(layer, map.accumulators);
    if (&layer == &workload.layers.back()) result.logits = graph.real_values(layer, map.accumulators);
    graph.add(std::move(map));
  }
  result.layers = graph.maps();
  const auto largest = std::max_element(result.logits.begin(), result.logits.end());
  result.predicted = static_cast<std::uint32_t>(largest - result.logits.begin());
  return result;
}

double reference_accuracy(const Workload& workload, std::size_t images) {
  std::size_t correct = 0;
  for (std::size_t image = 0; image < images; ++image) {
    correct += run_reference(workload, image).predicted == workload.labels[image] ? 1 : 0;
  }
  return static_cast<double>(correct) / static_cast<double>(images);
}

}  // namespace sumline::test
