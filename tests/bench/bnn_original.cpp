// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bnn_original.hpp"

#include <ATen/ATen.h>
#include <torch/autograd.h>

#include <cmath>
#include <numbers>

namespace sumline::bench {
namespace {

constexpr double kFullScale = 128;
constexpr std::int64_t kTileChannels = 14;

struct Converter : torch::autograd::Function<Converter> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& sums, double sigma) {
    context->save_for_backward({sums});
    context->saved_data["sigma"] = sigma;
    at::Tensor levels = at::zeros_like(sums);
    levels.masked_fill_(sums > 0, kFullScale);
    levels.masked_fill_(sums <= 0, -kFullScale);
    return levels;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const double step = 2 * kFullScale;
    const double sigma = context->saved_data["sigma"].toDouble();
    const at::Tensor sums = context->get_saved_variables()[0];
    const at::Tensor distance = (sums + step / 2).remainder(step) - step / 2;
    const at::Tensor slope = at::exp(-distance.pow(2) / (2 * sigma * sigma)) * step /
                             std::sqrt(2 * std::numbers::pi * sigma * sigma);
    return {gradients[0] * slope, at::Tensor()};
  }
};

}  // namespace

at::Tensor original_convolution(const at::Tensor& x, const at::Tensor& weight, std::int64_t stride,
                                double sigma) {
  const auto maps = x.split(kTileChannels, 1);
  const auto filters = weight.split(kTileChannels, 1);
  at::Tensor y;
  for (std::size_t t = 0; t < maps.size(); ++t) {
    const at::Tensor read = Converter::apply(at::conv2d(maps[t], filters[t], {}, stride, 1), sigma);
    y = t == 0 ? read : y + read;
  }
  return y;
}

}  // namespace sumline::bench
