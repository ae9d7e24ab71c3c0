// SPDX-License-Identifier: Apache-2.0
#include "nn/tiled_gradients.hpp"

#include <ATen/Parallel.h>

#include <algorithm>

#include "components/model/tile_gradients.hpp"

namespace sumline {
namespace {

/// Pieces of work into which the tiles and images of a layer are cut, whatever the number of threads, so that
/// float sums are always formed in the same order.
constexpr std::int64_t kTasks = 16;

std::vector<LaneVectors> pack_images(const TiledConvolutionArrays& arrays) {
  std::vector<LaneVectors> lanes(static_cast<std::size_t>(arrays.images()));
  at::parallel_for(0, arrays.images(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) lanes[static_cast<std::size_t>(i)] = arrays.pack_image(i);
  });
  return lanes;
}

}  // namespace

/// Tiles are independent of each other. Where there are few, the images are cut into chunks whose weight
/// gradients are added up in order.
TiledGradients tiled_gradients(const TiledConvolutionArrays& arrays, const at::Tensor& gradient,
                               bool want_x) {
  const Tiling& tiling = arrays.tiling();
  const WindowGeometry& window = arrays.window();
  const SumTable slope = arrays.slope();
  const at::Tensor g = gradient.contiguous();
  const std::vector<LaneVectors> lanes = pack_images(arrays);
  const std::int64_t tiles = tiling.tiles();
  const std::int64_t images = arrays.images();
  const std::int64_t chunks = std::min(images, (kTasks + tiles - 1) / tiles);
  const std::size_t weight_size = std::size_t{tiling.channels} * tiling.taps();
  TiledGradients gradients;
  if (want_x) gradients.x = at::empty({images, window.in.channels, window.in.height, window.in.width});
  const at::Tensor parts =
      at::empty({chunks, arrays.outputs(), tiling.channels, tiling.kernel, tiling.kernel});
  at::parallel_for(0, tiles * chunks, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t task = first; task < last; ++task) {
      const std::int64_t tile = task / chunks;
      const std::int64_t chunk = task % chunks;
      const std::int64_t channel = tile * tiling.channels_per_tile;
      TileGradients of_tile(arrays.product(lanes[0]), static_cast<std::size_t>(tile), slope,
                            {.lanes = want_x, .scalars = true});
      for (std::int64_t image = images * chunk / chunks; image < images * (chunk + 1) / chunks; ++image) {
        of_tile.add(arrays.product(lanes[static_cast<std::size_t>(image)]),
                    g.data_ptr<float>() + image * g.stride(0));
        if (!want_x) continue;
        of_tile.write_maps(window, gradients.x.data_ptr<float>() + image * gradients.x.stride(0) +
                                       channel * gradients.x.stride(1));
      }
      of_tile.write_scalars(parts.data_ptr<float>() + chunk * parts.stride(0) + channel * parts.stride(2),
                            weight_size);
    }
  });
  gradients.weight = parts[0];
  for (std::int64_t chunk = 1; chunk < chunks; ++chunk) gradients.weight.add_(parts[chunk]);
  return gradients;
}

TiledGradients tiled_gradients(const TiledLinearArrays& arrays, const at::Tensor& gradient, bool want_x) {
  const Tiling& tiling = arrays.tiling();
  const SumTable slope = arrays.slope();
  const at::Tensor g = gradient.contiguous();
  TiledGradients gradients{{}, at::empty({arrays.outputs(), tiling.channels})};
  if (want_x) gradients.x = at::empty({arrays.images(), tiling.channels});
  at::parallel_for(0, tiling.tiles(), 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t tile = first; tile < last; ++tile) {
      const std::int64_t input = tile * tiling.channels_per_tile;
      TileGradients of_tile(arrays.product(), static_cast<std::size_t>(tile), slope,
                            {.lanes = true, .scalars = want_x});
      of_tile.add(arrays.product(), g.data_ptr<float>());
      of_tile.write_lanes(gradients.weight.data_ptr<float>() + input, tiling.channels);
      if (want_x) of_tile.write_scalars(gradients.x.data_ptr<float>() + input, tiling.channels);
    }
  });
  return gradients;
}

}  // namespace sumline
