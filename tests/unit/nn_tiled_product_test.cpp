// SPDX-License-Identifier: Apache-2.0
#include "nn/tiled_product.hpp"

#include <ATen/ATen.h>

#include "tests/support/torch_catch.hpp"

namespace {

using sumline::Resolution;
using sumline::TiledLayer;

using TiledProductOf = at::Tensor (*)(const at::Tensor&, const at::Tensor&, const TiledLayer&);

struct OperandGradients {
  at::Tensor x;
  at::Tensor weight;
};

OperandGradients backward(TiledProductOf product, const TiledLayer& layer, const at::Tensor& x,
                          const at::Tensor& weight, bool x_learns) {
  const at::Tensor images = x.clone().requires_grad_(x_learns);
  const at::Tensor weights = weight.clone().requires_grad_(true);
  const at::Tensor y = product(images, weights, layer);
  y.backward(at::arange(y.numel(), y.options()).view(y.sizes()).remainder(7) - 3);
  return {images.grad(), weights.grad()};
}

/// The gradient to the weights does not depend on whether that to the inputs is formed as well.
void check_first_layer(TiledProductOf product, const TiledLayer& layer, at::IntArrayRef x_sizes,
                       at::IntArrayRef weight_sizes) {
  at::manual_seed(1);
  const at::Tensor x = at::randn(x_sizes).sign();
  const at::Tensor weight = at::randn(weight_sizes).sign();
  const OperandGradients both = backward(product, layer, x, weight, true);
  const OperandGradients first = backward(product, layer, x, weight, false);
  CHECK(both.x.sizes() == x.sizes());
  CHECK_FALSE(first.x.defined());
  CHECK(both.weight.count_nonzero().item<int64_t>() > 0);
  CHECK(at::equal(first.weight, both.weight));
}

TiledLayer binary_layer(std::uint32_t channels_per_tile) {
  return {.channels_per_tile = channels_per_tile,
          .padding = channels_per_tile == 14 ? 1U : 0U,
          .activations = Resolution::binary,
          .weights = Resolution::binary,
          .converter = {Resolution::binary, 128, sumline::Slope::impulse, 6}};
}

}  // namespace

TEST_CASE("A first layer, whose inputs do not learn, gets the same weight gradients") {
  check_first_layer(sumline::tiled_linear, binary_layer(128), {5, 300}, {20, 300});
  check_first_layer(sumline::tiled_convolution, binary_layer(14), {3, 30, 6, 5}, {9, 30, 3, 3});
}
