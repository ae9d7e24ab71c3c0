// SPDX-License-Identifier: Apache-2.0
#include "nn/min_max_lowering.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "components/model/quantization_table.hpp"
#include "energy/error.hpp"
#include "nn/evaluation.hpp"
#include "nn/lowered_graph.hpp"
#include "nn/quantizers/uint_range.hpp"

namespace sumline {
namespace {

constexpr std::size_t kCalibrationBatch = 64;
constexpr std::uint32_t kResidualBits = 8;  // of maps that nothing but an addition reads

void widen(MapRange& range, const at::Tensor& map) {
  const UintRange seen = uint_range(map, 8);
  range.low = std::min(range.low, seen.min);
  range.high = std::max(range.high, map.max().item<float>());
}

/// Real value of a code: low + step * code.
struct Line {
  double low;
  double step;
};

Line line_of(const MapRange& range, std::uint32_t bits, const std::string& name) {
  if (!std::isfinite(range.low) || !std::isfinite(range.high) || range.high <= range.low) {
    throw Error(fmt::format("{}: its values range from {} to {}: must be finite and differ to be quantised",
                            name, range.low, range.high));
  }
  return {range.low, (static_cast<double>(range.high) - range.low) / ((1U << bits) - 1)};
}

class MinMaxLowering {
 public:
  MinMaxLowering(const NetworkConfig& config, const std::string& bits, const Network& network,
                 const MapRanges& ranges)
      : graph_(config, network), quantizers_(assign_bits(config, bits)), ranges_(ranges) {}

  Workload run() {
    const std::uint32_t bits = bits_of_readers(-1);
    const Line line = line_of(ranges_.images, bits, "images");
    graph_.workload().image_format = {Encoding::unsigned_binary, bits};
    graph_.set_images({.scale = {line.step}, .offset = {line.low}});
    for (std::size_t i = 0; i < quantizers_.size(); ++i) {
      if (graph_.is_read(i)) lower_node(i);
    }
    graph_.settle(quantizers_.size() - 1, graph_.value(static_cast<std::int32_t>(quantizers_.size()) - 1));
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
        return add(i);
      case NodeKind::max_pool:
        return graph_.add_max_pool(i);
      case NodeKind::average_pool:
      case NodeKind::adaptive_pool:
        graph_.add_average_pool(i);
        return quantize(i, graph_.value(static_cast<std::int32_t>(i)));
      case NodeKind::pact:
      case NodeKind::relu:
        return quantize(i, graph_.input(i));  // the range behind it is its clipping
      case NodeKind::flatten:
      case NodeKind::dropout:
      case NodeKind::log_softmax:
        return graph_.pass_on(i);
      case NodeKind::hardtanh:
        throw Error(graph_.node(i).name + ": this kind of layer has no integer form in a min-max network");
    }
  }

  /// Of the layers with weights that read a node, directly or through others.
  std::uint32_t bits_of_readers(std::int32_t i) const {
    std::uint32_t bits = 0;
    for (const std::size_t reader : graph_.readers(i)) {
      if (!graph_.node(reader).has_weights()) continue;
      const std::uint32_t wanted = quantizers_[reader].activation_bits;
      if (bits != 0 && wanted != bits) {
        throw Error(graph_.node(reader).name + ": reads a map at other bits than another layer does");
      }
      bits = wanted;
    }
    return bits == 0 ? kResidualBits : bits;
  }

  void add_weighted(std::size_t i, LayerKind kind) {
    const LoweredValue source = graph_.input(i);
    if (!source.codes)
      throw Error(graph_.node(i).name + ": reads sums: an activation must stand in front of it");
    const at::Tensor weight = graph_.tensor(i, "weight").contiguous();
    const UintRange range = uint_range(weight, quantizers_[i].weight_bits);
    require_quantizable(range, (graph_.node(i).name + ".weight").c_str(), false);
    const at::Tensor codes = uint_codes(weight, range);
    Layer& layer = graph_.append(i, kind, source);
    layer.exact = graph_.node(i).exact;
    layer.activations = format_of(graph_.workload(), layer.input);
    layer.weights = {Encoding::unsigned_binary, range.bits};
    layer.weight_codes.assign(codes.data_ptr<std::uint8_t>(), codes.data_ptr<std::uint8_t>() + codes.numel());
    pad(layer, {source.offset.front(), source.scale.front()});
    hand_on(i, layer, range, {source.offset.front(), source.scale.front()});
  }

  /// Cells around the map hold the code closest to zero.
  static void pad(Layer& layer, const Line& line) {
    const double top = layer.activations.levels() - 1;
    const double zero = std::clamp(std::nearbyint(-line.low / line.step), 0.0, top);
    if (layer.padding > 0 && zero > 0)
      layer.padding_codes.assign(layer.in.channels, static_cast<std::uint8_t>(zero));
  }

  /// sum of w x = s_w s_x A + b_w s_x X + b_x (s_w W + b_w N) with codes' sums A, X, W.
  void hand_on(std::size_t i, const Layer& layer, const UintRange& range, const Line& line) {
    const double step = static_cast<double>(range.scale) / range.top_code();
    auto offset = graph_.has_tensor(i, "bias") ? graph_.numbers(i, "bias")
                                               : std::vector<double>(layer.out.channels, 0.0);
    const std::size_t rows = layer.rows();
    for (std::size_t n = 0; n < offset.size(); ++n) {
      const auto first = layer.weight_codes.begin() + static_cast<std::ptrdiff_t>(n * rows);
      const double codes = std::accumulate(first, first + static_cast<std::ptrdiff_t>(rows), 0.0);
      offset[n] += line.low * (step * codes + static_cast<double>(range.min) * static_cast<double>(rows));
    }
    graph_.hand_on_sums(i, step * line.step, std::move(offset));
    LoweredValue value = graph_.value(static_cast<std::int32_t>(i));
    value.sum_scale.assign(value.scale.size(), range.min * line.step);
    graph_.set(i, std::move(value));
  }

  void add(std::size_t i) {
    const std::int32_t residual = graph_.handed_on(i);
    const LoweredValue branch = graph_.value(residual);
    if (!branch.codes) quantize(static_cast<std::size_t>(residual), branch);
    graph_.fold_addition(i);
  }

  /// From here on node `i` stands for codes.
  void quantize(std::size_t i, const LoweredValue& value) {
    if (value.codes) return graph_.set(i, value);
    const std::uint32_t bits = bits_of_readers(static_cast<std::int32_t>(i));
    const Line line = line_of(ranges_.nodes[i], bits, graph_.node(i).name);
    Layer& layer = graph_.settle(i, value);
    layer.requantize = true;
    layer.quantizer.format = {Encoding::unsigned_binary, bits};
    layer.quantizer.step = line.step;
    if (layer.affine_of_one()) {
      for (std::size_t n = 0; n < layer.out.channels; ++n) {
        const auto table = thresholds({layer.scale[n], layer.offset[n] - line.low, line.step, bits},
                                      std::numeric_limits<std::int32_t>::max());
        layer.quantizer.thresholds.insert(layer.quantizer.thresholds.end(), table.begin(), table.end());
      }
    } else {
      for (std::uint32_t code = 1; code < layer.quantizer.format.levels(); ++code) {
        layer.quantizer.boundaries.push_back(line.low + (code - 0.5) * line.step);
      }
    }
    graph_.set(i, {.layer = value.layer, .codes = true, .scale = {line.step}, .offset = {line.low}});
  }

  LoweredGraph graph_;
  const std::vector<LayerQuantizers> quantizers_;
  const MapRanges& ranges_;
};

}  // namespace

MapRanges calibrate(Network& network, const Images& images, std::size_t count, const PixelTable& table,
                    const Arithmetic& arithmetic) {
  const at::NoGradGuard no_grad;
  constexpr float kFar = std::numeric_limits<float>::infinity();
  network.eval();
  network.set_arithmetic(arithmetic);
  MapRanges ranges{{kFar, -kFar}, std::vector<MapRange>(network.config().layers.size(), {kFar, -kFar})};
  std::vector<std::uint32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0U);
  for (std::size_t begin = 0; begin < count; begin += kCalibrationBatch) {
    const Batch batch = make_batch(
        images, std::span(indices).subspan(begin, std::min(kCalibrationBatch, count - begin)), table,
        {images.channels, images.height, images.width}, [](std::uint32_t) { return Placement{}; });
    widen(ranges.images, batch.images);
    network.forward(batch.images,
                    [&](std::size_t node, const at::Tensor& result) { widen(ranges.nodes[node], result); });
  }
  return ranges;
}

Workload lower_min_max(const NetworkConfig& config, const std::string& bits, const Network& network,
                       const MapRanges& ranges) {
  return MinMaxLowering(config, bits, network, ranges).run();
}

CodeTable min_max_image_codes(const CodeFormat& format, const MapRange& range, const PixelTable& table) {
  const Line line = line_of(range, format.bits, "images");
  CodeTable codes;
  for (const auto& values : table) {
    auto& channel = codes.emplace_back();
    std::ranges::transform(values, channel.begin(), [&](float value) {
      return static_cast<std::uint8_t>(std::clamp(std::nearbyint((value - line.low) / line.step), 0.0,
                                                  static_cast<double>(format.levels() - 1)));
    });
  }
  return codes;
}

}  // namespace sumline
