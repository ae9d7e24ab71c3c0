// SPDX-License-Identifier: Apache-2.0
#include "nn/staircase_lowering.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "components/model/quantization_table.hpp"
#include "energy/error.hpp"
#include "nn/lowered_graph.hpp"
#include "nn/operand_codes.hpp"

namespace sumline {
namespace {

constexpr CodeFormat kPixels{Encoding::unsigned_binary, 8};
constexpr CodeFormat kWide{Encoding::mid_rise, 8};  ///< of maps that more than quantised operands are made of

/// value = slope * (byte - zero) of one channel's pixels.
struct PixelLine {
  double slope;
  double zero;
};
PixelLine line_of(const std::array<float, 256>& table) {
  const double slope = (static_cast<double>(table[255]) - table[0]) / 255;
  return {slope, -table[0] / slope};
}

class StaircaseLowering {
 public:
  StaircaseLowering(const NetworkConfig& config, const std::string& bits, const Network& network,
                    const Conversion& conversion, const PixelTable& pixels)
      : graph_(config, network),
        quantizers_(assign_bits(config, bits)),
        conversion_(conversion),
        pixels_(pixels) {}

  Workload run() {
    graph_.workload().image_format = image_format();
    for (const std::size_t i : graph_.order()) lower_node(i);
    const std::size_t last = quantizers_.size() - 1;
    graph_.settle(last, graph_.value(static_cast<std::int32_t>(last)));
    return std::move(graph_.workload());
  }

 private:
  void lower_node(std::size_t i) {
    switch (graph_.node(i).kind) {
      case NodeKind::convolution:
        return add_weighted(i, LayerKind::convolution);
      case NodeKind::linear:
        return add_weighted(i, LayerKind::linear);
      case NodeKind::batch_norm:
        return graph_.fold_batch_norm(i);
      case NodeKind::add:
        return graph_.fold_addition(i);
      case NodeKind::max_pool:
        return graph_.add_max_pool(i);
      case NodeKind::average_pool:
        return graph_.add_average_pool(i);
      case NodeKind::hardtanh:
        return quantize(i);
      case NodeKind::flatten:
      case NodeKind::dropout:
      case NodeKind::log_softmax:
        return graph_.pass_on(i);
      case NodeKind::adaptive_pool:
      case NodeKind::relu:
      case NodeKind::pact:
        throw Error(graph_.node(i).name +
                    ": this kind of layer has no integer form in a network of staircases");
    }
  }

  /// Does the layer read its operands at a resolution? All others are computed in full precision.
  bool has_operands(std::size_t i) const {
    return graph_.node(i).quantized() && quantizers_[i].activation_resolution != Resolution::full &&
           quantizers_[i].weight_resolution != Resolution::full;
  }

  CodeFormat image_format() const {
    const auto readers = graph_.readers(-1);
    const bool operands = has_operands(readers.front());
    if (std::any_of(readers.begin(), readers.end(),
                    [&](std::size_t i) { return has_operands(i) != operands; })) {
      throw Error(
          graph_.node(readers.front()).name +
          ": the images are read both at a resolution and in full precision: they have no single code");
    }
    return operands ? format_of(quantizers_[readers.front()].activation_resolution) : kPixels;
  }

  void add_weighted(std::size_t i, LayerKind kind) {
    const LoweredValue source = graph_.input(i);
    if (!source.codes) {
      throw Error(graph_.node(i).name +
                  ": reads sums: a hardtanh must stand in front of a layer with weights");
    }
    Layer& layer = graph_.append(i, kind, source);
    auto bias = graph_.has_tensor(i, "bias") ? graph_.numbers(i, "bias")
                                             : std::vector<double>(layer.out.channels, 0.0);
    if (!has_operands(i)) return add_exact(i, layer, std::move(bias));
    const at::Tensor weight = graph_.tensor(i, "weight").contiguous();
    const Resolution resolution = quantizers_[i].weight_resolution;
    layer.activations = format_of(quantizers_[i].activation_resolution);
    layer.weights = format_of(resolution);
    layer.weight_codes =
        operand_codes(weight.data_ptr<float>(), static_cast<std::size_t>(weight.numel()), resolution);
    layer.exact = !graph_.node(i).reads_sums;
    if (!layer.exact) layer.conversion = conversion_;
    graph_.hand_on_sums(i, unit_of(layer), std::move(bias));
  }

  /// What one unit of the accumulator is worth: a product of integers, or a step of the converter.
  static double unit_of(const Layer& layer) {
    const Conversion& conversion = layer.conversion;
    return conversion.bits > 0
               ? static_cast<double>(conversion.full_scale) / ((1 << conversion.bits) - 1)
               : 1.0 / (integers_per_one(layer.activations) * integers_per_one(layer.weights));
  }

  /// A layer in full precision: 8-bit weights; a pixel's scale is part of its weights.
  void add_exact(std::size_t i, Layer& layer, std::vector<double> offset) {
    layer.exact = true;
    layer.activations = format_of(graph_.workload(), layer.input);
    auto weights = graph_.numbers(i, "weight");
    const bool reads_pixels = layer.input < 0 && layer.activations == kPixels;
    const std::size_t rows = layer.rows();
    const std::size_t per_channel = rows / graph_.in_shape(i).channels;
    const auto line = [&](std::size_t row) { return line_of(pixels_[row / per_channel]); };
    for (std::size_t k = 0; reads_pixels && k < weights.size(); ++k) weights[k] *= line(k % rows).slope;
    ChannelCodes coded = channel_codes(weights, layer.out.channels);
    layer.weights = kWide;
    layer.weight_codes = std::move(coded.codes);
    for (std::size_t k = 0; reads_pixels && k < weights.size(); ++k) {
      const double weight = coded.units[k / rows] * layer.weights.value(layer.weight_codes[k]);
      offset[k / rows] -= weight * line(k % rows).zero;
    }
    if (reads_pixels && layer.padding > 0) {
      for (const auto& table : pixels_) {
        layer.padding_codes.push_back(
            static_cast<std::uint8_t>(std::clamp(std::round(line_of(table).zero), 0.0, 255.0)));
      }
    }
    const double unit = reads_pixels ? 1 : 1.0 / integers_per_one(layer.activations);
    graph_.hand_on_sums(i, unit, std::move(offset));
    LoweredValue value = graph_.value(static_cast<std::int32_t>(i));
    for (std::size_t n = 0; n < value.scale.size(); ++n) value.scale[n] *= coded.units[n];
    graph_.set(i, std::move(value));
  }

  /// A hard-tanh'd value becomes codes: those its readers take, or 8-bit ones where they differ.
  void quantize(std::size_t i) {
    const LoweredValue value = graph_.input(i);
    if (value.codes) throw Error(graph_.node(i).name + ": hardtanh must stand behind sums");
    const auto readers = graph_.readers(static_cast<std::int32_t>(i));
    const bool narrow =
        std::all_of(readers.begin(), readers.end(), [&](std::size_t r) { return has_operands(r); });
    const auto operand =
        std::find_if(readers.begin(), readers.end(), [&](std::size_t r) { return has_operands(r); });
    const Resolution resolution =
        operand == readers.end() ? Resolution::full : quantizers_[*operand].activation_resolution;
    if (!narrow) check_wide(i, resolution);
    const CodeFormat format = narrow ? format_of(resolution) : kWide;
    Layer& layer = graph_.settle(i, value);
    layer.requantize = true;
    set_quantizer(layer, format, resolution == Resolution::binary);
    graph_.set(
        i, {.layer = value.layer, .codes = true, .scale = {1.0 / integers_per_one(format)}, .offset = {0}});
  }

  void check_wide(std::size_t i, Resolution resolution) const {
    if (resolution != Resolution::ternary && resolution != Resolution::three_bit) return;
    throw Error(fmt::format(
        "{}: activations of {} bits: a map that a residual or a full-precision layer reads as well has 8-bit "
        "codes, whose levels hold those of 1, 2 and 4 bits alone",
        graph_.node(i).name, resolution == Resolution::ternary ? "1.5" : "3"));
  }

  static void set_quantizer(Layer& layer, const CodeFormat& format, bool zero_below) {
    const std::vector<double> boundaries = operand_boundaries(format, zero_below);
    layer.quantizer.format = format;
    layer.quantizer.step = boundaries.size() > 1 ? boundaries[1] - boundaries[0] : 2;
    if (!layer.affine_of_one()) {
      layer.quantizer.boundaries = boundaries;
      return;
    }
    for (std::size_t n = 0; n < layer.out.channels; ++n) {
      const auto table = thresholds(layer.scale[n], layer.offset[n], boundaries);
      layer.quantizer.thresholds.insert(layer.quantizer.thresholds.end(), table.begin(), table.end());
    }
  }

  LoweredGraph graph_;
  const std::vector<LayerQuantizers> quantizers_;
  const Conversion conversion_;
  const PixelTable& pixels_;
};

}  // namespace

Conversion trained_conversion(const NetworkConfig& config, const std::string& bits) {
  for (const LayerQuantizers& quantizers : assign_bits(config, bits)) {
    const Converter& converter = quantizers.converter;
    if (converter.resolution != Resolution::full) {
      return {staircase_bits(converter.resolution), converter.full_scale};
    }
  }
  return {};
}

Workload lower_staircases(const NetworkConfig& config, const std::string& bits, const Network& network,
                          const Conversion& conversion, const PixelTable& pixels) {
  return StaircaseLowering(config, bits, network, conversion, pixels).run();
}

CodeTable staircase_image_codes(const CodeFormat& format, const PixelTable& pixels) {
  CodeTable codes(pixels.size());
  for (std::size_t channel = 0; channel < pixels.size(); ++channel) {
    for (std::size_t byte = 0; byte < 256; ++byte) codes[channel][byte] = static_cast<std::uint8_t>(byte);
    if (format == kPixels) continue;
    const Resolution resolution =
        format.encoding == Encoding::ternary
            ? Resolution::ternary
            : std::array{Resolution::binary, Resolution::two_bit, Resolution::three_bit,
                         Resolution::four_bit}[format.bits - 1];
    const auto quantized = operand_codes(pixels[channel].data(), 256, resolution);
    std::copy(quantized.begin(), quantized.end(), codes[channel].begin());
  }
  return codes;
}

}  // namespace sumline
