// SPDX-License-Identifier: Apache-2.0
#include "nn/tiled_product.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/autograd.h>
#include <torch/custom_class.h>

#include "components/model/tiled_popcount.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

/// Images whose tile gradients are held at once: bounds memory and keeps the order of float sums.
constexpr std::int64_t kImagesPerChunk = 8;

std::uint32_t u32(std::int64_t value) {
  return static_cast<std::uint32_t>(value);
}

at::Tensor encode(const at::Tensor& values, Resolution resolution) {
  const at::Tensor in = values.contiguous();
  at::Tensor digits = at::empty(in.sizes(), at::kByte);
  if (!encode_operands(in.data_ptr<float>(), digits.data_ptr<std::uint8_t>(),
                       static_cast<std::size_t>(in.numel()), resolution)) {
    throw Error(
        "an operand of 2 bits or more lies outside -1..1: put a hardtanh layer before, or use 1 or 1.5 bits");
  }
  return digits;
}

SumTable slope_table(const Converter& converter, std::int32_t denominator, std::int32_t max_sum) {
  SumTable table{max_sum, {}};
  for (std::int32_t sum = -max_sum; sum <= max_sum; ++sum) {
    table.values.push_back(static_cast<float>(converter.slope_at(static_cast<double>(sum) / denominator)));
  }
  return table;
}

/// What a layer's forward and backward share: its cut, its operands' digits and the tables over their sums.
class Arrays {
 public:
  Arrays(const TiledLayer& layer, const at::Tensor& weight)
      : layer_(layer),
        tiling_{u32(weight.size(1)), weight.dim() == 4 ? u32(weight.size(2)) : 1, layer.channels_per_tile},
        activation_digits_(sign_digits(layer.activations)),
        weight_digits_(sign_digits(layer.weights)),
        denominator_(activation_digits_.denominator * weight_digits_.denominator),
        max_sum_(static_cast<std::int32_t>(tiling_.rows()) * denominator_) {}

  const Tiling& tiling() const { return tiling_; }
  const SignDigits& activation_digits() const { return activation_digits_; }
  const SignDigits& weight_digits() const { return weight_digits_; }
  SumTable readout() const {
    return readout_table(layer_.converter.resolution, static_cast<std::int32_t>(layer_.converter.full_scale),
                         denominator_, max_sum_);
  }
  SumTable slope() const { return slope_table(layer_.converter, denominator_, max_sum_); }

 private:
  const TiledLayer& layer_;
  const Tiling tiling_;
  const SignDigits& activation_digits_;
  const SignDigits& weight_digits_;
  const std::int32_t denominator_;
  const std::int32_t max_sum_;
};

/// The windows of a batch of images against a convolution's weights.
class ConvolutionArrays : public Arrays {
 public:
  ConvolutionArrays(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight)
      : Arrays(layer, weight),
        window_{
            {u32(x.size(1)), u32(x.size(2)), u32(x.size(3))}, tiling().kernel, layer.stride, layer.padding},
        driven_(driven_by_windows(tiling(), window_)),
        digits_(encode(x, layer.activations)),
        weights_(pack_scalars(encode(weight, layer.weights).data_ptr<std::uint8_t>(), u32(weight.size(0)),
                              tiling(), weight_digits().weights.size())) {}

  std::int64_t height() const { return window_.out_height(); }
  std::int64_t width() const { return window_.out_width(); }

  /// Calls visit(image - begin, product) for the images [begin, end), on all threads.
  template <typename Visit>
  void for_each_image(std::int64_t begin, std::int64_t end, const Visit& visit) const {
    at::parallel_for(begin, end, 1, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t image = first; image < last; ++image) {
        const std::uint8_t* codes = digits_.data_ptr<std::uint8_t>() + image * digits_.stride(0);
        const LaneVectors lanes = pack_windows(codes, tiling(), window_, activation_digits().weights.size());
        visit(image - begin,
              TiledProduct{tiling(), lanes, driven_, activation_digits(), weights_, weight_digits()});
      }
    });
  }
  ScalarRange outputs() const { return {0, weights_.count}; }

 private:
  const WindowGeometry window_;
  const DrivenRows driven_;
  const at::Tensor digits_;
  const ScalarVectors weights_;
};

/// A linear layer's weights stand in the lanes, the images are taken one at a time.
class LinearArrays : public Arrays {
 public:
  LinearArrays(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight)
      : Arrays(layer, weight),
        driven_(all_driven(tiling(), u32(weight.size(0)))),
        weights_(pack_lanes(encode(weight, layer.weights).data_ptr<std::uint8_t>(), u32(weight.size(0)),
                            tiling(), weight_digits().weights.size())),
        images_(pack_scalars(encode(x, layer.activations).data_ptr<std::uint8_t>(), u32(x.size(0)), tiling(),
                             activation_digits().weights.size())) {}

  /// Calls visit(product, images) with pieces of the batch, on all threads.
  template <typename Visit>
  void for_each_piece(const Visit& visit) const {
    const TiledProduct product{tiling(), weights_, driven_, weight_digits(), images_, activation_digits()};
    at::parallel_for(0, images_.count, 16, [&](std::int64_t begin, std::int64_t end) {
      visit(product, ScalarRange{u32(begin), u32(end)});
    });
  }

 private:
  const DrivenRows driven_;
  const LaneVectors weights_;
  const ScalarVectors images_;
};

at::Tensor convolve(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight) {
  const ConvolutionArrays arrays(layer, x, weight);
  const SumTable table = arrays.readout();
  at::Tensor y = at::empty({x.size(0), weight.size(0), arrays.height(), arrays.width()});
  arrays.for_each_image(0, x.size(0), [&](std::int64_t image, const TiledProduct& product) {
    read_out(product, arrays.outputs(), table, y.data_ptr<float>() + image * y.stride(0));
  });
  return y;
}

at::Tensor multiply(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight) {
  const LinearArrays arrays(layer, x, weight);
  const SumTable table = arrays.readout();
  at::Tensor y = at::empty({x.size(0), weight.size(0)});
  arrays.for_each_piece([&](const TiledProduct& product, ScalarRange images) {
    read_out(product, images, table, y.data_ptr<float>());
  });
  return y;
}

struct Gradients {
  at::Tensor x;
  at::Tensor weight;
};

/// x with zeros behind dimension `dim` up to `size`.
at::Tensor pad_to(const at::Tensor& x, std::int64_t dim, std::int64_t size) {
  if (x.size(dim) == size) return x.contiguous();
  std::vector<std::int64_t> padding(2 * static_cast<std::size_t>(x.dim() - dim), 0);
  padding.back() = size - x.size(dim);
  return at::constant_pad_nd(x, padding);
}

/// [n, channels, ...] as [n, tiles, channels of a tile, ...], zero channels in the last.
at::Tensor in_tiles(const at::Tensor& x, const Tiling& tiling) {
  const std::int64_t channels = tiling.channels_per_tile;
  return pad_to(x, 1, tiling.tiles() * channels).unflatten(1, {tiling.tiles(), channels});
}

at::Tensor out_of_tiles(const at::Tensor& x, const Tiling& tiling) {
  return x.flatten(1, 2).slice(1, 0, tiling.channels);
}

/// LibTorch's fast grouped convolutions take groups of whole blocks of channels.
std::int64_t group_channels(const Tiling& tiling) {
  constexpr std::int64_t kBlock = 16;
  return (tiling.channels_per_tile + kBlock - 1) / kBlock * kBlock;
}

/// [n, channels, ...] as [n, tiles, channels of a group, ...].
at::Tensor in_groups(const at::Tensor& x, const Tiling& tiling) {
  return pad_to(in_tiles(x, tiling), 2, group_channels(tiling));
}

at::Tensor out_of_groups(const at::Tensor& x, const Tiling& tiling) {
  return out_of_tiles(x.slice(2, 0, tiling.channels_per_tile), tiling);
}

/// The tiles are the groups of one grouped convolution whose output gradients the converters' slopes have
/// scaled.
Gradients convolve_backward(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& gradient) {
  const ConvolutionArrays arrays(layer, x, weight);
  const Tiling& tiling = arrays.tiling();
  const SumTable slope = arrays.slope();
  const at::Tensor g = gradient.contiguous();
  const std::int64_t tiles = tiling.tiles();
  const std::int64_t outputs = weight.size(0);
  const at::Tensor images = in_groups(x, tiling).flatten(1, 2);
  const at::Tensor filters =
      in_groups(weight, tiling).transpose(0, 1).flatten(0, 1);  // [tiles * outputs, ...]
  Gradients gradients{at::empty_like(images), at::zeros_like(filters)};
  const auto pair = [](std::uint32_t value) { return std::vector<std::int64_t>{value, value}; };
  const at::Tensor buffer = at::empty({kImagesPerChunk, tiles * outputs, arrays.height(), arrays.width()});
  for (std::int64_t begin = 0; begin < x.size(0); begin += kImagesPerChunk) {
    const std::int64_t end = std::min(begin + kImagesPerChunk, x.size(0));
    const at::Tensor scaled = buffer.slice(0, 0, end - begin);
    arrays.for_each_image(begin, end, [&](std::int64_t image, const TiledProduct& product) {
      scale_by_slope(product, arrays.outputs(), slope, g.data_ptr<float>() + (begin + image) * g.stride(0),
                     scaled.data_ptr<float>() + image * scaled.stride(0));
    });
    const auto [gx, gw, none] = at::convolution_backward(
        scaled, images.slice(0, begin, end), filters, at::OptionalIntArrayRef(), pair(layer.stride),
        pair(layer.padding), {1, 1}, false, {0, 0}, tiles, {true, true, false});
    gradients.x.slice(0, begin, end).copy_(gx);
    gradients.weight.add_(gw);
  }
  const at::Tensor gx = gradients.x.unflatten(1, {tiles, group_channels(tiling)});
  const at::Tensor gw = gradients.weight.unflatten(0, {tiles, outputs}).transpose(0, 1);
  return {out_of_groups(gx, tiling), out_of_groups(gw, tiling)};
}

/// [n, inputs] as [tiles, n, inputs of a tile].
at::Tensor by_tile(const at::Tensor& x, const Tiling& tiling) {
  return in_tiles(x, tiling).transpose(0, 1);
}

at::Tensor from_tiles(const at::Tensor& tiles, const Tiling& tiling) {
  return out_of_tiles(tiles.transpose(0, 1), tiling);
}

Gradients multiply_backward(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight,
                            const at::Tensor& gradient) {
  const LinearArrays arrays(layer, x, weight);
  const Tiling& tiling = arrays.tiling();
  const SumTable slope = arrays.slope();
  const at::Tensor g = gradient.contiguous();
  const at::Tensor scaled = at::empty({tiling.tiles(), x.size(0), weight.size(0)});
  arrays.for_each_piece([&](const TiledProduct& product, ScalarRange images) {
    scale_by_slope(product, images, slope, g.data_ptr<float>(), scaled.data_ptr<float>());
  });
  return {from_tiles(at::bmm(scaled, by_tile(weight, tiling)), tiling),
          from_tiles(at::bmm(scaled.transpose(1, 2), by_tile(x, tiling)), tiling)};
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
    const Gradients g = saved[0].dim() == 4 ? convolve_backward(layer, saved[0], saved[1], gradients[0])
                                            : multiply_backward(layer, saved[0], saved[1], gradients[0]);
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
