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

at::Tensor convolve(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight) {
  const TiledConvolutionArrays arrays(layer, x, weight);
  const SumTable table = arrays.readout();
  at::Tensor y = at::empty({x.size(0), weight.size(0), arrays.height(), arrays.width()});
  at::parallel_for(0, x.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t image = begin; image < end; ++image) {
      const LaneVectors lanes = arrays.pack_image(image);
      read_out(arrays.product(lanes), arrays.outputs(), table, y.data_ptr<float>() + image * y.stride(0));
    }
  });
  return y;
}

at::Tensor multiply(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight) {
  const TiledLinearArrays arrays(layer, x, weight);
  const SumTable table = arrays.readout();
  at::Tensor y = at::empty({x.size(0), weight.size(0)});
  at::parallel_for(0, x.size(0), kImagesPerPiece, [&](std::int64_t begin, std::int64_t end) {
    read_out(arrays.product(), {u32(begin), u32(end)}, table, y.data_ptr<float>());
  });
  return y;
}

struct LayerHolder : torch::CustomClassHolder {
  explicit LayerHolder(const TiledLayer& l) : layer(l) {}
  TiledLayer layer;
};

struct TiledFunction : torch::autograd::Function<TiledFunction> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x,
                            const at::Tensor& weight, const TiledLayer& layer) {
    context->save_for_backward({x, weight});
    context->saved_data["layer"] = c10::IValue::make_capsule(c10::make_intrusive<LayerHolder>(layer));
    return x.dim() == 4 ? convolve(layer, x, weight) : multiply(layer, x, weight);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& gradients) {
    const auto holder = context->saved_data["layer"].toCapsule();
    const TiledLayer& layer = static_cast<const LayerHolder&>(*holder).layer;
    const auto saved = context->get_saved_variables();
    const TiledGradients g = tiled_gradients(layer, saved[0], saved[1], gradients[0]);
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

template <typename Product>
at::Tensor tiled_product(const at::Tensor& x, const at::Tensor& weight, const TiledLayer& layer,
                         const Product& product) {
  if (layer.converter.resolution == Resolution::full) return product(x, weight);
  if (layer.activations == Resolution::full || layer.weights == Resolution::full) {
    return tile_by_tile(x, weight, layer, product);
  }
  return TiledFunction::apply(x, weight, layer);
}

}  // namespace

at::Tensor tiled_convolution(const at::Tensor& x, const at::Tensor& weight, const TiledLayer& layer) {
  return tiled_product(x, weight, layer, [&](const at::Tensor& a, const at::Tensor& b) {
    return at::conv2d(a, b, {}, layer.stride, layer.padding);
  });
}

at::Tensor tiled_linear(const at::Tensor& x, const at::Tensor& weight, const TiledLayer& layer) {
  return tiled_product(x, weight, layer,
                       [](const at::Tensor& a, const at::Tensor& b) { return at::linear(a, b); });
}

}  // namespace sumline
