// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <sys/resource.h>

#include <algorithm>

#include "nn/network.hpp"
#include "tests/bench/interleaved.hpp"
#include "tests/bench/targets.hpp"

namespace sumline::bench {
namespace {

const Arithmetic kStatic{.mode = ArithmeticMode::simulation, .operand = 4};
const Arithmetic kDynamic{
    .mode = ArithmeticMode::simulation, .operand = 4, .thresholds = {{7000, 10000, 13000}}};

void print_layer(int repetitions) {
  // Half-Gaussian activations, so that every class of dynamic configuration occurs.
  const at::Tensor x = at::relu(at::randn({1, 64, 32, 32})).contiguous(at::MemoryFormat::ChannelsLast);
  BitwiseConv2d layer(64, 64, {3, 1, 1, true}, false, {});
  layer.weight.normal_();
  const at::Tensor filters = layer.weight.contiguous(at::MemoryFormat::ChannelsLast);
  const auto simulate = [&](const Arithmetic& arithmetic) {
    return [&layer, &x, arithmetic] {
      layer.arithmetic = arithmetic;
      layer.forward(x);
    };
  };
  const auto medians = [&](const Arithmetic& arithmetic) {
    simulate(arithmetic)();  // prepares the weights once
    return compare({[&] { at::conv2d(x, filters, {}, 1, 1); }, simulate(arithmetic)}, repetitions);
  };
  const auto fixed = medians(kStatic);
  const auto dynamic = medians(kDynamic);
  print("LibTorch float32 convolution, 64 channels 32x32 3x3", fixed[0] * 1e3, "ms", "reference");
  print("PAC simulation of that layer, operand 4", fixed[1] * 1e3, "ms", "");
  print("PAC / LibTorch", fixed[1] / fixed[0], "x", "<= 1");
  print("PAC with dynamic configuration / LibTorch", dynamic[1] / dynamic[0], "x", "<= 3");
}

void print_network(int repetitions) {
  Network network(load_network("resnet18"), "8");
  initialize(network, 1);
  network.eval();
  network.set_arithmetic(kStatic);
  const at::Tensor image = at::randn({1, 3, 32, 32});
  network.forward(image);
  print("ResNet-18, full width, one CIFAR image, operand 4",
        compare({[&] { network.forward(image); }}, repetitions)[0], "s", "< 0.05");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  print("peak memory, LibTorch included", static_cast<double>(usage.ru_maxrss) / 1024, "MiB", "< 2048");
}

}  // namespace

void print_pac_targets(int repetitions) {
  const at::NoGradGuard no_grad;
  print_layer(repetitions);
  print_network(repetitions);
}

}  // namespace sumline::bench
