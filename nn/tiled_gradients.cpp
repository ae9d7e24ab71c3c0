// SPDX-License-Identifier: Apache-2.0
#include "nn/tiled_gradients.hpp"

#include <algorithm>

#include "nn/tiled_arrays.hpp"

namespace sumline {
namespace {

/// Images whose tile gradients are held at once: bounds memory and keeps the order of float sums.
constexpr std::int64_t kImagesPerChunk = 8;

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
TiledGradients convolve_backward(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight,
                                 const at::Tensor& gradient) {
  const TiledConvolutionArrays arrays(layer, x, weight);
  const Tiling& tiling = arrays.tiling();
  const SumTable slope = arrays.slope();
  const at::Tensor g = gradient.contiguous();
  const std::int64_t tiles = tiling.tiles();
  const std::int64_t outputs = weight.size(0);
  const at::Tensor images = in_groups(x, tiling).flatten(1, 2);
  const at::Tensor filters =
      in_groups(weight, tiling).transpose(0, 1).flatten(0, 1);  // [tiles * outputs, ...]
  TiledGradients gradients{at::empty_like(images), at::zeros_like(filters)};
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

TiledGradients multiply_backward(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight,
                                 const at::Tensor& gradient) {
  const TiledLinearArrays arrays(layer, x, weight);
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

}  // namespace

TiledGradients tiled_gradients(const TiledLayer& layer, const at::Tensor& x, const at::Tensor& weight,
                               const at::Tensor& gradient) {
  return x.dim() == 4 ? convolve_backward(layer, x, weight, gradient)
                      : multiply_backward(layer, x, weight, gradient);
}

}  // namespace sumline
