// SPDX-License-Identifier: Apache-2.0
#include "nn/data_source.hpp"

#include <fmt/format.h>

#include "energy/error.hpp"
#include "nn/data/cifar.hpp"
#include "nn/data/digits.hpp"
#include "nn/data/idx.hpp"
#include "nn/data/image_folder.hpp"

namespace sumline {
namespace {

/// Test digits start here, so that they stay the same whatever number is trained on.
constexpr std::uint64_t kFirstTestDigit = std::uint64_t{1} << 32;

Dataset read(const DataConfig& data, const Shape& image) {
  switch (data.kind) {
    case DataKind::digits:
      return {generate_digits(data.seed, 0, data.train_images),
              generate_digits(data.seed, kFirstTestDigit, data.test_images)};
    case DataKind::mnist:
      return read_mnist(data.path);
    case DataKind::cifar10:
      return read_cifar_folder(CifarKind::cifar10, data.path);
    case DataKind::cifar100:
      return read_cifar_folder(CifarKind::cifar100_fine, data.path);
    case DataKind::folder:
      if (data.origin < image.height || image.height != image.width) {
        throw Error(
            fmt::format("data.origin = {}: must be at least the side of the network's square images ({}x{})",
                        data.origin, image.height, image.width));
      }
      return read_image_folder(data.path, data.origin, image.height);
  }
  throw InternalError("unknown kind of data");
}

/// Keeps the first `count` images (0: all).
void limit(Images& images, std::size_t count, const char* key) {
  if (count == 0) return;
  if (count > images.count()) {
    throw Error(fmt::format("data.{} = {}: the files hold {} images", key, count, images.count()));
  }
  images.labels.resize(count);
  images.pixels.resize(count * images.image_size());
}

}  // namespace

Dataset load_data(const DataConfig& data, const NetworkConfig& network) {
  Dataset set = read(data, network.image);
  const Images& images = set.test;
  const Shape found{images.channels, images.height, images.width};
  if (found != network.image || images.classes > network.classes()) {
    throw Error(fmt::format("data: images of {}x{}x{} in {} classes: network {} takes {}x{}x{} in {}",
                            found.channels, found.height, found.width, images.classes, network.name,
                            network.image.channels, network.image.height, network.image.width,
                            network.classes()));
  }
  limit(set.train, data.train_images, "train_images");
  limit(set.test, data.test_images, "test_images");
  return set;
}

}  // namespace sumline
