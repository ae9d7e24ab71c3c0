// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "nn/network.hpp"
#include "nn/tiled_product.hpp"
#include "tests/bench/bnn_original.hpp"
#include "tests/bench/interleaved.hpp"
#include "tests/bench/targets.hpp"

namespace sumline::bench {
namespace {

constexpr double kOriginalTraining = 12.3;  // s of CPU time: forward and backward of the original's Res20
constexpr std::int64_t kBatch = 64;
constexpr int kMlpSteps = 600;

std::shared_ptr<Network> make_network(const char* name, const std::string& bits, const std::string& inflate) {
  const std::vector<TomlOverride> overrides =
      inflate.empty() ? std::vector<TomlOverride>{} : std::vector<TomlOverride>{{"inflate", inflate}};
  auto network = std::make_shared<Network>(load_network(name, overrides), bits);
  initialize(*network, 1);
  use_channels_last(*network);
  return network;
}

std::function<void()> forward(const std::shared_ptr<Network>& network, const at::Tensor& images) {
  return [=] {
    const at::NoGradGuard no_grad;
    network->eval();
    network->forward(images);
  };
}

std::function<void()> forward_and_backward(const std::shared_ptr<Network>& network,
                                           const at::Tensor& images) {
  const at::Tensor labels = at::randint(0, 10, {images.size(0)}, at::kLong);
  return [=] {
    network->train();
    network->zero_grad();
    at::nll_loss(network->forward(images), labels).backward();
  };
}

void print_res20(int repetitions) {
  const std::string inflate = "5";
  const at::Tensor images = at::randn({kBatch, 3, 32, 32});
  const auto converted = make_network("res20", "1/1/1", inflate);
  const auto binary = make_network("res20", "1/1/float", inflate);
  const auto plain = make_network("res20", "float", inflate);
  const auto seconds =
      compare({forward(plain, images), forward(binary, images), forward(converted, images)}, repetitions);
  print("Res20 forward, LibTorch float32", seconds[0], "s", "reference");
  print("Res20 forward, 1-bit operands, no converter", seconds[1], "s", "");
  print("Res20 forward, 1-bit operands and converter", seconds[2], "s", "");
  print("Res20 forward, 1/1/1 bits / LibTorch float32", seconds[2] / seconds[0], "x", "< 1");
  const auto training =
      compare({forward_and_backward(plain, images), forward_and_backward(converted, images)}, repetitions);
  print("Res20 forward and backward, LibTorch float32", training[0], "s", "");
  print("Res20 forward and backward, 1/1/1 bits", training[1], "s", "");
  print("the original's CPU time / ours (full width)", kOriginalTraining / training[1], "x", ">= 3");
}

/// Convolutions of one shape in Res20, inflate 5. Kernels are 3x3.
struct Convolutions {
  std::int64_t in_channels;
  std::int64_t channels;
  std::int64_t in_side;
  std::uint32_t stride;
  int count;
};
constexpr std::array kRes20{Convolutions{80, 80, 32, 1, 6}, Convolutions{80, 160, 32, 2, 1},
                            Convolutions{160, 160, 16, 1, 5}, Convolutions{160, 320, 16, 2, 1},
                            Convolutions{320, 320, 8, 1, 5}};

/// Seconds of all of one shape, by the original's operations and by ours.
std::vector<double> compare_convolutions(const Convolutions& shape, int repetitions) {
  const at::Tensor x =
      at::randn({kBatch, shape.in_channels, shape.in_side, shape.in_side}).sign().requires_grad_();
  const at::Tensor weight = at::randn({shape.channels, shape.in_channels, 3, 3}).sign().requires_grad_();
  const std::int64_t side = shape.in_side / shape.stride;
  const at::Tensor gradient = at::randn({kBatch, shape.channels, side, side});
  constexpr double kSigma = kPublishedSigmas[0];
  const TiledLayer layer{14,
                         shape.stride,
                         1,
                         Resolution::binary,
                         Resolution::binary,
                         {Resolution::binary, 128, Slope::impulse, kSigma}};
  auto seconds = compare({[&] { original_convolution(x, weight, shape.stride, kSigma).backward(gradient); },
                          [&] { tiled_convolution(x, weight, layer).backward(gradient); }},
                         repetitions);
  for (double& second : seconds) second *= shape.count;
  return seconds;
}

/// The quantised convolutions of Res20, which is where its time goes.
void print_convolutions(int repetitions) {
  double original = 0;
  double ours = 0;
  for (const Convolutions& shape : kRes20) {
    const auto seconds = compare_convolutions(shape, repetitions);
    original += seconds[0];
    ours += seconds[1];
  }
  print("Res20's quantised convolutions, the original's operations", original, "s", "reference");
  print("Res20's quantised convolutions, forward and backward", ours, "s", "");
  print("the original's operations / ours", original / ours, "x", ">= 3");
}

void print_mlp(int repetitions) {
  const auto network = make_network("mlp-mnist", "1/1/1", "");
  const auto step = forward_and_backward(network, at::randn({100, 1, 28, 28}));
  print("MLP, 600 steps forward and backward, 1/1/1 bits", kMlpSteps * compare({step}, 10 * repetitions)[0],
        "s", "< 12 with the optimiser");
}

}  // namespace

void print_bnn_targets(int repetitions) {
  print_res20(repetitions);
  print_convolutions(repetitions);
  print_mlp(repetitions);
}

}  // namespace sumline::bench
