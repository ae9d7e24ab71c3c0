// SPDX-License-Identifier: Apache-2.0
#include "nn/lowering.hpp"

#include <fmt/format.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "components/model/quantization_table.hpp"
#include "energy/error.hpp"
#include "nn/quantizers/hwgq.hpp"
#include "nn/quantizers/mid_rise.hpp"
#include "nn/quantizers/steps.hpp"

namespace sumline {
namespace {

constexpr double kBatchNormEpsilon = 1e-5;  // Torch's default, which Network keeps

std::vector<double> doubles(const at::Tensor& tensor) {
  const at::Tensor values = tensor.detach().to(at::kDouble).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

/// Walks the nodes once and appends one workload layer per convolution, linear layer and max-pool.
class Lowering {
 public:
  Lowering(const NetworkConfig& config, const std::string& bits, const Network& network)
      : config_(config), shapes_(node_shapes(config)), quantizers_(assign_bits(config, bits)) {
    for (NamedTensor& entry : state_of(network)) state_.emplace(entry.name, entry.tensor);
  }

  Workload run() {
    workload_.network = config_.name;
    workload_.image = config_.image;
    workload_.image_format = activations_from(0);
    for (std::size_t i = 0; i < config_.layers.size(); ++i) lower_node(i);
    for (std::size_t i = 0; i + 1 < workload_.layers.size(); ++i) {
      Layer& layer = workload_.layers[i];
      if (layer.has_weights()) requantize(layer, workload_.layers[i + 1].activations);
    }
    return std::move(workload_);
  }

 private:
  void lower_node(std::size_t i) {
    switch (config_.layers[i].kind) {
      case NodeKind::convolution:
        return add_weighted(i, LayerKind::convolution, "conv");
      case NodeKind::linear:
        return add_weighted(i, LayerKind::linear, "linear");
      case NodeKind::max_pool:
        add_layer(i, LayerKind::max_pool);
        return;
      case NodeKind::batch_norm:
        return fold_batch_norm(i);
      case NodeKind::flatten:
      case NodeKind::relu:
        return;  // the order of elements stays; the code's clip at 0 is the ReLU
      case NodeKind::average_pool:
      case NodeKind::adaptive_pool:
      case NodeKind::pact:
      case NodeKind::hardtanh:
      case NodeKind::dropout:
      case NodeKind::add:
      case NodeKind::log_softmax:
        throw Error(config_.layers[i].name + ": this kind of layer has no integer form");
    }
  }

  Layer& add_layer(std::size_t i, LayerKind kind) {
    const NodeConfig& node = config_.layers[i];
    Layer layer;
    layer.name = config_.layers[i].name;
    layer.kind = kind;
    layer.input = static_cast<std::int32_t>(workload_.layers.size()) - 1;
    layer.in = workload_.layers.empty() ? config_.image : workload_.layers.back().out;
    layer.out = shapes_[i];
    layer.kernel = node.kernel;
    layer.stride = node.stride;
    layer.padding = node.padding;
    layer.activations = activations_from(i);
    workload_.layers.push_back(std::move(layer));
    return workload_.layers.back();
  }

  void add_weighted(std::size_t i, LayerKind kind, const char* part) {
    Layer& layer = add_layer(i, kind);
    const std::string prefix = fmt::format("{}.{}.", layer.name, part);
    const LayerQuantizers& quantizers = quantizers_[i];
    const at::Tensor weight = state_.at(prefix + "weight");
    const double step = gaussian_step(weight, quantizers.weight_bits);
    if (!std::isfinite(step) || step <= 0) {
      throw Error(
          fmt::format("{}weight: its standard deviation gives a step of {}: must be above 0", prefix, step));
    }
    layer.weights = {Encoding::mid_rise, quantizers.weight_bits};
    const at::Tensor codes = mid_rise_codes(weight, step, quantizers.weight_bits).contiguous();
    layer.weight_codes.assign(codes.data_ptr<std::uint8_t>(), codes.data_ptr<std::uint8_t>() + codes.numel());
    // The accumulator counts half weight steps, because mid-rise values are 2u - (2^bits - 1).
    const double unit = bit_width(quantizers.activation_bits).hwgq_step * step / 2;
    layer.scale.assign(layer.out.channels, unit);
    const auto bias = state_.find(prefix + "bias");
    layer.offset =
        bias == state_.end() ? std::vector<double>(layer.out.channels, 0.0) : doubles(bias->second);
  }

  void fold_batch_norm(std::size_t i) {
    if (i == 0 || config_.layers[i - 1].kind != NodeKind::convolution) {
      throw Error(config_.layers[i].name +
                  ": batch-norm must directly follow a convolution to be folded into it");
    }
    Layer& layer = workload_.layers.back();
    const std::string prefix = config_.layers[i].name + '.';
    const auto gamma = doubles(state_.at(prefix + "weight"));
    const auto beta = doubles(state_.at(prefix + "bias"));
    const auto mean = doubles(state_.at(prefix + "running_mean"));
    const auto variance = doubles(state_.at(prefix + "running_var"));
    for (std::size_t n = 0; n < gamma.size(); ++n) {
      const double gain = gamma[n] / std::sqrt(variance[n] + kBatchNormEpsilon);
      layer.scale[n] *= gain;
      layer.offset[n] = beta[n] + gain * (layer.offset[n] - mean[n]);
    }
  }

  void requantize(Layer& layer, const CodeFormat& codes) const {
    layer.requantize = true;
    layer.quantizer.format.bits = codes.bits;
    layer.quantizer.step = bit_width(codes.bits).hwgq_step;
    const std::int64_t largest_code = (1 << layer.activations.bits) - 1;
    const std::int64_t largest_weight = (1 << layer.weights.bits) - 1;
    const std::int64_t largest = static_cast<std::int64_t>(layer.rows()) * largest_code * largest_weight;
    for (std::size_t n = 0; n < layer.out.channels; ++n) {
      const auto table =
          thresholds({layer.scale[n], layer.offset[n], layer.quantizer.step, codes.bits}, largest);
      layer.quantizer.thresholds.insert(layer.quantizer.thresholds.end(), table.begin(), table.end());
    }
  }

  CodeFormat activations_from(std::size_t i) const {
    const auto next =
        std::find_if(config_.layers.begin() + static_cast<std::ptrdiff_t>(i), config_.layers.end(),
                     [](const NodeConfig& node) { return node.quantized(); });
    const auto index = static_cast<std::size_t>(next - config_.layers.begin());
    return {Encoding::unsigned_binary, quantizers_[index].activation_bits};
  }

  const NetworkConfig& config_;
  const std::vector<Shape> shapes_;
  const std::vector<LayerQuantizers> quantizers_;
  std::map<std::string, at::Tensor> state_;
  Workload workload_;
};

}  // namespace

Workload lower_network(const NetworkConfig& config, const std::string& bits, const Network& network) {
  if (bits == "float") throw Error("bits = \"float\": a network without quantisers has no integer form");
  return Lowering(config, bits, network).run();
}

CodeTable hwgq_image_codes(const CodeFormat& format, const PixelTable& table) {
  CodeTable codes;
  for (const auto& values : table) {
    const at::Tensor coded =
        hwgq_codes(torch::tensor(at::ArrayRef<float>(values.data(), values.size())), format.bits);
    std::copy_n(coded.data_ptr<std::uint8_t>(), values.size(), codes.emplace_back().begin());
  }
  return codes;
}

void lower_images(Workload& workload, const Images& images, std::size_t count, const CodeTable& table) {
  workload.labels.assign(images.labels.begin(), images.labels.begin() + static_cast<std::ptrdiff_t>(count));
  workload.image_codes.resize(count * images.image_size());
  const std::size_t map = std::size_t{images.height} * images.width;
  for (std::size_t i = 0; i < workload.image_codes.size(); ++i) {
    workload.image_codes[i] = table[i / map % images.channels][images.pixels[i]];
  }
}

}  // namespace sumline
