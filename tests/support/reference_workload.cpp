// SPDX-License-Identifier: Apache-2.0
#include "tests/support/reference_workload.hpp"

#include <algorithm>
#include <span>

#include "energy/error.hpp"

namespace sumline::test {
namespace {

/// Code at (channel, row, column) of a map, 0 in the padding.
class PaddedMap {
 public:
  PaddedMap(std::span<const std::uint8_t> codes, const Shape& shape) : codes_(codes), shape_(shape) {}

  std::uint8_t at(std::uint32_t channel, std::int64_t row, std::int64_t column) const {
    if (row < 0 || column < 0 || row >= shape_.height || column >= shape_.width) return 0;
    const auto y = static_cast<std::size_t>(row);
    const auto x = static_cast<std::size_t>(column);
    return codes_[(channel * std::size_t{shape_.height} + y) * shape_.width + x];
  }

 private:
  std::span<const std::uint8_t> codes_;
  Shape shape_;
};

/// Calls visit(output index, channel, y, x) for every element of the output map.
template <typename Visit>
void for_each_output(const Shape& out, Visit visit) {
  std::size_t index = 0;
  for (std::uint32_t channel = 0; channel < out.channels; ++channel) {
    for (std::uint32_t y = 0; y < out.height; ++y) {
      for (std::uint32_t x = 0; x < out.width; ++x) visit(index++, channel, y, x);
    }
  }
}

/// First row (or column) of the window of output row (or column) `position`.
std::int64_t window_start(const Layer& layer, std::uint32_t position) {
  return std::int64_t{position} * layer.stride - layer.padding;
}

std::vector<std::int64_t> convolve(const Layer& layer, std::span<const std::uint8_t> input) {
  const PaddedMap map(input, layer.in);
  std::vector<std::int64_t> sums(layer.out.size());
  for_each_output(layer.out, [&](std::size_t index, std::uint32_t n, std::uint32_t y, std::uint32_t x) {
    std::int64_t sum = 0;
    std::size_t row = 0;
    for (std::uint32_t c = 0; c < layer.in.channels; ++c) {
      for (std::uint32_t i = 0; i < layer.kernel; ++i) {
        for (std::uint32_t j = 0; j < layer.kernel; ++j, ++row) {
          const auto code = map.at(c, window_start(layer, y) + i, window_start(layer, x) + j);
          const auto weight = layer.weights.value(layer.weight_codes[n * layer.rows() + row]);
          sum += std::int64_t{layer.activations.value(code)} * weight;
        }
      }
    }
    sums[index] = sum;
  });
  return sums;
}

std::vector<std::int64_t> multiply(const Layer& layer, std::span<const std::uint8_t> input) {
  std::vector<std::int64_t> sums(layer.out.size());
  for (std::size_t n = 0; n < sums.size(); ++n) {
    for (std::size_t k = 0; k < layer.rows(); ++k) {
      const auto weight = layer.weights.value(layer.weight_codes[n * layer.rows() + k]);
      sums[n] += std::int64_t{layer.activations.value(input[k])} * weight;
    }
  }
  return sums;
}

std::vector<std::uint8_t> max_pool(const Layer& layer, std::span<const std::uint8_t> input) {
  const PaddedMap map(input, layer.in);
  std::vector<std::uint8_t> codes(layer.out.size());
  for_each_output(layer.out, [&](std::size_t index, std::uint32_t c, std::uint32_t y, std::uint32_t x) {
    for (std::uint32_t i = 0; i < layer.kernel; ++i) {
      for (std::uint32_t j = 0; j < layer.kernel; ++j) {
        const auto code = map.at(c, window_start(layer, y) + i, window_start(layer, x) + j);
        codes[index] = std::max(codes[index], code);
      }
    }
  });
  return codes;
}

std::vector<std::uint8_t> requantize(const Layer& layer, std::span<const std::int64_t> sums) {
  const std::size_t per_channel = (std::size_t{1} << layer.quantizer.format.bits) - 1;
  std::vector<std::uint8_t> codes(sums.size());
  for_each_output(layer.out, [&](std::size_t index, std::uint32_t n, std::uint32_t, std::uint32_t) {
    for (std::size_t j = 0; j < per_channel; ++j) {
      const auto threshold = layer.quantizer.thresholds[n * per_channel + j];
      const bool reached = layer.scale[n] < 0 ? sums[index] <= threshold : sums[index] >= threshold;
      codes[index] = static_cast<std::uint8_t>(codes[index] + (reached ? 1 : 0));
    }
  });
  return codes;
}

std::vector<double> to_logits(const Layer& layer, std::span<const std::int64_t> sums) {
  std::vector<double> logits(sums.size());
  for_each_output(layer.out, [&](std::size_t index, std::uint32_t n, std::uint32_t, std::uint32_t) {
    logits[index] = layer.scale[n] * static_cast<double>(sums[index]) + layer.offset[n];
  });
  return logits;
}

}  // namespace

ReferenceImage run_reference(const Workload& workload, std::size_t image) {
  const auto pixels =
      std::span(workload.image_codes).subspan(image * workload.image.size(), workload.image.size());
  ReferenceImage result;
  for (const Layer& layer : workload.layers) {
    const auto source = static_cast<std::size_t>(layer.input);
    const auto input = layer.input < 0 ? pixels : std::span<const std::uint8_t>(result.layers[source].codes);
    SUMLINE_ASSERT(input.size() == layer.in.size(), layer.name + ": input of another size");
    ReferenceLayer out;
    if (layer.kind == LayerKind::max_pool) {
      out.codes = max_pool(layer, input);
    } else {
      out.accumulators = layer.kind == LayerKind::linear ? multiply(layer, input) : convolve(layer, input);
      if (layer.requantize) {
        out.codes = requantize(layer, out.accumulators);
      } else {
        result.logits = to_logits(layer, out.accumulators);
      }
    }
    result.layers.push_back(std::move(out));
  }
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
