// SPDX-License-Identifier: Apache-2.0
#include "tests/support/workloads.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

namespace sumline::test {
namespace {

using Random = std::mt19937;  // its sequence is fixed by the standard; distributions are not, so none is used

/// Sum of four uniform bytes, about normal around 510 with deviation 148.
std::int32_t bell(Random& random) {
  const auto word = static_cast<std::uint32_t>(random());
  return static_cast<std::int32_t>((word & 255) + ((word >> 8) & 255) + ((word >> 16) & 255) + (word >> 24));
}

/// The smallest accumulator (scale > 0) whose code is at least `code`.
std::int64_t threshold(double scale, double offset, double step, std::uint32_t code) {
  const auto code_of = [&](std::int64_t a) {
    return std::nearbyint((scale * static_cast<double>(a) + offset) / step);
  };
  auto a = static_cast<std::int64_t>(std::floor(((code - 0.5) * step - offset) / scale)) - 2;
  while (code_of(a) < code) {
    ++a;
  }
  return a;
}

class Builder {
 public:
  Builder(std::string network, Shape image, std::uint32_t bits) : random_(7) {
    workload_.network = std::move(network);
    workload_.image = image;
    workload_.image_format = {Encoding::unsigned_binary, bits};
  }

  Builder& convolution(std::uint32_t channels, std::uint32_t kernel, std::uint32_t padding,
                       std::uint32_t next_bits) {
    Layer layer = begin(LayerKind::convolution);
    layer.kernel = kernel;
    layer.padding = padding;
    layer.out = {channels, layer.in.height + 2 * padding - kernel + 1,
                 layer.in.width + 2 * padding - kernel + 1};
    finish(layer, next_bits);
    return *this;
  }

  Builder& linear(std::uint32_t features, std::uint32_t next_bits) {
    Layer layer = begin(LayerKind::linear);
    layer.out = {features, 1, 1};
    finish(layer, next_bits);
    return *this;
  }

  Builder& max_pool() {
    Layer layer = begin(LayerKind::max_pool);
    layer.kernel = 2;
    layer.stride = 2;
    layer.out = {layer.in.channels, layer.in.height / 2, layer.in.width / 2};
    workload_.layers.push_back(layer);
    return *this;
  }

  /// Half-Gaussian codes, so that high bits are rare, as in a trained network.
  Workload build(std::uint64_t images) {
    const std::int32_t top = (1 << workload_.image_format.bits) - 1;
    for (std::uint64_t image = 0; image < images; ++image) {
      for (std::size_t pixel = 0; pixel < workload_.image.size(); ++pixel) {
        const std::int32_t code = std::abs(bell(random_) - 510) * top / 450;
        workload_.image_codes.push_back(static_cast<std::uint8_t>(std::min(code, top)));
      }
      workload_.labels.push_back(static_cast<std::uint8_t>(random_() % workload_.layers.back().out.channels));
    }
    validate(workload_);
    return workload_;
  }

 private:
  Layer begin(LayerKind kind) {
    Layer layer;
    layer.name = "layers." + std::to_string(workload_.layers.size());
    layer.kind = kind;
    layer.input = static_cast<std::int32_t>(workload_.layers.size()) - 1;
    const bool first = workload_.layers.empty();
    layer.in = first ? workload_.image : workload_.layers.back().out;
    layer.activations = first ? workload_.image_format : CodeFormat{Encoding::unsigned_binary, bits_};
    return layer;
  }

  /// Weights are about normal; the scale is chosen so that the next codes use their range. @param next_bits
  /// 0: logits
  void finish(Layer& layer, std::uint32_t next_bits) {
    layer.weights = {Encoding::mid_rise, 8};
    for (std::size_t index = 0; index < layer.rows() * layer.out.channels; ++index) {
      layer.weight_codes.push_back(
          static_cast<std::uint8_t>(std::clamp((bell(random_) - 510) / 4 + 128, 0, 255)));
    }
    const double spread =
        75.0 * (1 << layer.activations.bits) * 0.4 * std::sqrt(static_cast<double>(layer.rows()));
    for (std::uint32_t channel = 0; channel < layer.out.channels; ++channel) {
      layer.scale.push_back((channel % 3 + 2) / (3 * spread));
      layer.offset.push_back((static_cast<double>(random_() % 1000) - 500) / 5000);
    }
    layer.requantize = next_bits > 0;
    if (layer.requantize) {
      bits_ = next_bits;
      layer.quantizer.format.bits = next_bits;
      layer.quantizer.step = 2.5 / (1 << next_bits);
      for (std::uint32_t channel = 0; channel < layer.out.channels; ++channel) {
        for (std::uint32_t code = 1; code < (1U << next_bits); ++code) {
          layer.quantizer.thresholds.push_back(
              threshold(layer.scale[channel], layer.offset[channel], layer.quantizer.step, code));
        }
      }
    }
    workload_.layers.push_back(layer);
  }

  Random random_;
  Workload workload_;
  std::uint32_t bits_ = 0;
};

}  // namespace

Workload lenet_workload(std::uint64_t images) {
  return Builder("lenet5-random", {1, 28, 28}, 5)
      .convolution(6, 5, 2, 4)
      .max_pool()
      .convolution(16, 5, 0, 8)
      .max_pool()
      .linear(120, 6)
      .linear(84, 7)
      .linear(10, 0)
      .build(images);
}

Workload small_network(std::uint64_t images) {
  return Builder("small-random", {3, 7, 6}, 3)
      .convolution(5, 3, 1, 4)
      .max_pool()
      .convolution(7, 2, 0, 5)
      .linear(10, 0)
      .build(images);
}

Workload two_convolutions(std::uint64_t images) {
  return Builder("two-convolutions-random", {1, 6, 6}, 2)
      .convolution(2, 3, 1, 2)
      .convolution(2, 3, 1, 2)
      .linear(2, 0)
      .build(images);
}

}  // namespace sumline::test
