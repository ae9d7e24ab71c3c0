// SPDX-License-Identifier: Apache-2.0
#include "nn/tiled_product.hpp"

#include <ATen/Parallel.h>
#include <torch/autograd.h>
#include <torch/custom_class.h>

#include "nn/tiled_arrays.hpp"
#include "nn/tiled_gradients.hpp"

namespace sumline {
namespace {

constexpr std::int64_t kImagesPerPiece = 16;  ///< of a linear layer's batch, for one thread

at::Tensor product_of(const TiledConvolutionArrays& arrays) {
  const SumTable table = arrays.readout();
  at::Tensor y = at::empty({arrays.images(), arrays.outputs(), arrays.height(), arrays.width()});
  at::parallel_for(0, arrays.images(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t image = begin; image < end; ++image) {
      const LaneVectors lanes = arrays.pack_image(image);
      read_out(arrays.product(lanes), {0, u32(arrays.outputs())}, table,
               y.data_ptr<float>() + image * y.stride(0));
    }
  });
  return y;
}

at::Tensor product_of(const TiledLinearArrays& arrays) {
  const SumTable table = arrays.readout();
  at::Tensor y = at::empty({arrays.images(), arrays.outputs()});
  at::parallel_for(0, arrays.images(), kImagesPerPiece, [&](std::int64_t begin, std::int64_t end) {
    read_out(arrays.product(), {u32(begin), u32(end)}, table, y.data_ptr<float>());
  });
  return y;
}

template <typename Arrays>
struct ArraysHolder : torch::CustomClassHolder {
  template <typename... Operands>
  explicit ArraysHolder(const Operands&... operands) : arrays(operands...) {}
  const Arrays arrays;
};

/// The packed digits go from the forward to the backward: a thirty-second part of the operands in float32.
template <typename Arrays>
struct TiledFunction : torch::autograd::Function<TiledFunction<Arrays>> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& weight, const TiledLayer& layer) {
    const auto holder = c10::make_intrusive<ArraysHolder<Arrays>>(layer, x, weight);
    context->saved_data["arrays"] = c10::IValue::make_capsule(holder);
    return product_of(holder->arrays);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto holder = context->saved_data["arrays"].toCapsule();
    const Arrays& arrays = static_cast<const ArraysHolder<Arrays>&>(*holder).arrays;
    const TiledGradients g = tiled_gradients(arrays, gradients[0], context->needs_input_grad(0));
    return {g.x, g.weight, at::Tensor()};
  }
};

/// Sums of operands that no digits express: each tile by itself, in float32.
template <typename Product>
at::Tensor tile_by_tile(const at::Tensor& x, const at::Tensor& weight, const TiledLayer& layer,
                        const Product& product) {
  const auto x_tiles = x.split(layer.channels_per_tile, 1);
  const auto weight_tiles = weight.split(layer.channels_per_tile, 1);
  at::Tensor y = convert_sums(product(x_tiles[0], weight_tiles[0]), layer.converter);
  for (std::size_t t = 1; t < x_tiles.size(); ++t) {
    y = y + convert_sums(product(x_tiles[t], weight_tiles[t]), layer.converter);
  }
  return y;
}

template <typename Arrays, typename Product>
at::Tensor tiled_product(const at::Tensor& x, const at::Tensor& weight, const TiledLayer& layer,
                         const Product& product) {
  if (layer.converter.resolution == Resolution::full) return product(x, weight);
  if (layer.activations == Resolution::full || layer.weights == Resolution::full) {
    return tile_by_tile(x, weight, layer, product);
  }
  return TiledFunction<Arrays>::apply(x, weight, layer);
}

}  // namespace

at::Tensor tiled_convolution(const at::Tensor& x, const at::Tensor& weight, const TiledLayer& layer) {
  return tiled_product<TiledConvolutionArrays>(x, weight, layer,
                                               [&](const at::Tensor& a, const at::Tensor& b) {
                                                 return at::conv2d(a, b, {}, layer.stride, layer.padding);
                                               });
}

at::Tensor tiled_linear(const at::Tensor& x, const at::Tensor& weight, const TiledLayer& layer) {
  return tiled_product<TiledLinearArrays>(
      x, weight, layer, [](const at::Tensor& a, const at::Tensor& b) { return at::linear(a, b); });
}

}  // namespace sumline
