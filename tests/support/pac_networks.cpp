// SPDX-License-Identifier: Apache-2.0
#include "tests/support/pac_networks.hpp"

#include <algorithm>
#include <random>
#include <string>

#include "components/model/quantization_table.hpp"

namespace sumline::test {
namespace {

Shape shape_after(const Shape& in, const PacLayerShape& shape) {
  if (shape.kind == LayerKind::linear) return {shape.outputs, 1, 1};
  const auto extent = [&](std::uint32_t size) {
    return (size + 2 * shape.padding - shape.kernel) / shape.stride + 1;
  };
  return {shape.kind == LayerKind::max_pool ? in.channels : shape.outputs, extent(in.height),
          extent(in.width)};
}

/// Spreads the sums that uniform codes give over the output codes.
void add_quantizer(Layer& layer, std::uint32_t bits) {
  const double top_weight = (1U << layer.weights.bits) - 1;
  const double top_code = (1U << layer.activations.bits) - 1;
  const double mean = static_cast<double>(layer.rows()) * top_weight * top_code / 8;
  layer.requantize = true;
  layer.quantizer.format = {Encoding::unsigned_binary, bits};
  layer.quantizer.step = 1;
  layer.scale.assign(layer.out.channels, ((1U << bits) - 1) / mean);
  const auto largest = static_cast<std::int64_t>(mean * 8);
  for (std::size_t channel = 0; channel < layer.out.channels; ++channel) {
    const auto table = thresholds({layer.scale[channel], layer.offset[channel], 1, bits}, largest);
    layer.quantizer.thresholds.insert(layer.quantizer.thresholds.end(), table.begin(), table.end());
  }
}

}  // namespace

Workload pac_network(const Shape& image, const std::vector<PacLayerShape>& shapes, std::uint64_t images,
                     std::uint64_t seed, std::uint32_t weight_bits, std::uint32_t activation_bits) {
  std::mt19937_64 random(seed);
  Workload workload;
  workload.network = "pac-" + std::to_string(seed);
  workload.image = image;
  workload.image_format = {Encoding::unsigned_binary, activation_bits};
  for (std::size_t index = 0; index < shapes.size(); ++index) {
    Layer layer;
    layer.name = "layers." + std::to_string(index);
    layer.kind = shapes[index].kind;
    layer.input = static_cast<std::int32_t>(index) - 1;
    layer.in = index == 0 ? image : workload.layers.back().out;
    layer.out = shape_after(layer.in, shapes[index]);
    layer.kernel = shapes[index].kernel;
    layer.stride = shapes[index].stride;
    layer.padding = shapes[index].padding;
    layer.exact = shapes[index].exact;
    layer.activations = workload.image_format;
    if (layer.has_weights()) {
      layer.weights = {Encoding::unsigned_binary, weight_bits};
      for (std::size_t code = 0; code < layer.rows() * layer.out.channels; ++code) {
        layer.weight_codes.push_back(static_cast<std::uint8_t>(random() % (1U << weight_bits)));
      }
      layer.offset.assign(layer.out.channels, 0.25);
      layer.scale.assign(layer.out.channels, 1);
      if (index + 1 < shapes.size()) add_quantizer(layer, activation_bits);
    }
    workload.layers.push_back(std::move(layer));
  }
  for (std::uint64_t pixel = 0; pixel < images * image.size(); ++pixel) {
    const std::uint32_t range = pixel % image.width < image.width / 2 ? 4U : 1U;
    workload.image_codes.push_back(static_cast<std::uint8_t>(random() % (1U << activation_bits) / range));
  }
  workload.labels.assign(images, 0);
  validate(workload);
  return workload;
}

Workload random_pac_network(std::uint64_t seed, std::uint64_t images, std::uint32_t weight_bits,
                            std::uint32_t activation_bits) {
  std::mt19937_64 random(seed);
  const auto within = [&](std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(random() % (high - low + 1));
  };
  const Shape image{within(1, 5), within(4, 7), within(4, 7)};
  std::vector<PacLayerShape> shapes{
      {.outputs = within(1, 9), .kernel = 3, .padding = 1, .exact = within(0, 1) == 1}};
  shapes.push_back({.outputs = within(1, 12), .kernel = within(1, 3), .stride = within(1, 2), .padding = 0});
  if (within(0, 1) == 1) shapes.push_back({.kind = LayerKind::max_pool, .kernel = 2, .stride = 1});
  if (within(0, 1) == 1) shapes.push_back({.outputs = within(1, 7)});
  shapes.push_back({.kind = LayerKind::linear, .outputs = within(2, 11)});
  return pac_network(image, shapes, images, random(), weight_bits, activation_bits);
}

namespace {

using Codes = std::vector<std::int64_t>;

/// The codes under the window at `position`, row = (channel * kernel + i) * kernel + j.
Codes window_of(const Layer& layer, const Codes& map, std::size_t position) {
  if (layer.kind == LayerKind::linear) return map;
  Codes window;
  const auto y0 = static_cast<std::int64_t>(position / layer.out.width * layer.stride) - layer.padding;
  const auto x0 = static_cast<std::int64_t>(position % layer.out.width * layer.stride) - layer.padding;
  for (std::int64_t channel = 0; channel < layer.in.channels; ++channel) {
    for (std::int64_t y = y0; y < y0 + layer.kernel; ++y) {
      for (std::int64_t x = x0; x < x0 + layer.kernel; ++x) {
        const bool inside = y >= 0 && y < layer.in.height && x >= 0 && x < layer.in.width;
        window.push_back(
            inside ? map[static_cast<std::size_t>((channel * layer.in.height + y) * layer.in.width + x)] : 0);
      }
    }
  }
  return window;
}

std::int64_t bit(std::int64_t code, std::uint32_t index) {
  return code >> index & 1;
}

/// Lowest p + q of the pairs in the block of most significant bits that stay exact for this window.
std::uint32_t lowest_pair(const Codes& window, const ApproximationConfig& approximation) {
  std::int64_t sum = 0;
  for (const std::int64_t code : window) sum += code;
  const float speculation = static_cast<float>(sum * 576) / static_cast<float>(window.size());
  if (speculation > static_cast<float>(approximation.thresholds[2])) return 0;
  if (speculation > static_cast<float>(approximation.thresholds[1])) return 9;
  return speculation > static_cast<float>(approximation.thresholds[0]) ? 10 : 11;
}

std::int64_t product(const Layer& layer, const Accelerator& accelerator, const Codes& window,
                     std::size_t output) {
  const auto weights = layer.weight_codes.begin() + static_cast<std::ptrdiff_t>(output * layer.rows());
  const auto& approximation = accelerator.approximation;
  const bool approximated = approximation && !layer.exact;
  const std::uint32_t lowest_p = approximated ? layer.weights.bits - approximation->operand : 0;
  const std::uint32_t lowest_q = approximated ? layer.activations.bits - approximation->operand : 0;
  const bool dynamic = approximated && approximation->dynamic && layer.kind == LayerKind::convolution;
  const std::uint32_t lowest_sum = dynamic ? lowest_pair(window, *approximation) : 0;
  const std::size_t channel_rows = layer.rows() / layer.in.channels;
  const std::size_t step = approximated && approximation->segments
                               ? accelerator.array.rows / channel_rows * channel_rows
                               : layer.rows();
  std::int64_t sum = 0;
  for (std::size_t begin = 0; begin < layer.rows(); begin += step) {
    const std::size_t end = std::min(begin + step, layer.rows());
    std::int64_t expected = 0;
    for (std::uint32_t p = 0; p < layer.weights.bits; ++p) {
      for (std::uint32_t q = 0; q < layer.activations.bits; ++q) {
        std::int64_t both = 0;
        std::int64_t w_ones = 0;
        std::int64_t x_ones = 0;
        for (std::size_t k = begin; k < end; ++k) {
          const std::int64_t w = bit(weights[static_cast<std::ptrdiff_t>(k)], p);
          both += w & bit(window[k], q);
          w_ones += w;
          x_ones += bit(window[k], q);
        }
        if (p >= lowest_p && q >= lowest_q && p + q >= lowest_sum) {
          sum += both << (p + q);
        } else {
          expected += (w_ones * x_ones) << (p + q);
        }
      }
    }
    const auto rows = static_cast<std::int64_t>(end - begin);
    sum += (2 * expected + rows) / (2 * rows);
  }
  return sum;
}

}  // namespace

std::vector<std::int64_t> pac_reference(const Workload& workload, const Accelerator& accelerator,
                                        std::uint64_t image) {
  const auto first =
      workload.image_codes.begin() + static_cast<std::ptrdiff_t>(image * workload.image.size());
  Codes map(first, first + static_cast<std::ptrdiff_t>(workload.image.size()));
  for (const Layer& layer : workload.layers) {
    Codes out(layer.out.size());
    for (std::size_t position = 0; position < layer.out.positions(); ++position) {
      const Codes window = window_of(layer, map, position);
      for (std::size_t channel = 0; channel < layer.out.channels; ++channel) {
        std::int64_t& result = out[channel * layer.out.positions() + position];
        if (layer.kind == LayerKind::max_pool) {
          const auto cells =
              window.begin() + static_cast<std::ptrdiff_t>(channel * layer.kernel * layer.kernel);
          result = *std::max_element(cells, cells + static_cast<std::ptrdiff_t>(layer.kernel * layer.kernel));
          continue;
        }
        result = product(layer, accelerator, window, channel);
        if (layer.requantize) {
          const std::size_t steps = layer.quantizer.format.levels() - 1;
          const auto table =
              layer.quantizer.thresholds.begin() + static_cast<std::ptrdiff_t>(channel * steps);
          result = std::count_if(table, table + static_cast<std::ptrdiff_t>(steps),
                                 [&](std::int64_t threshold) { return result >= threshold; });
        }
      }
    }
    map = out;
  }
  return map;
}

}  // namespace sumline::test
