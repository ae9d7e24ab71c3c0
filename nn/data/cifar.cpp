// SPDX-License-Identifier: Apache-2.0
#include "nn/data/cifar.hpp"

#include <fmt/format.h>

#include "energy/error.hpp"
#include "nn/data/byte_source.hpp"

namespace sumline {
namespace {

constexpr std::size_t kPixels = 3072;

/// The label bytes in front of each record, by the number of classes each may tell.
std::vector<std::uint32_t> label_classes(CifarKind kind) {
  return kind == CifarKind::cifar10 ? std::vector<std::uint32_t>{10} : std::vector<std::uint32_t>{20, 100};
}

std::size_t label_index(CifarKind kind) {
  return kind == CifarKind::cifar100_fine ? 1 : 0;
}

void append(Images& images, CifarKind kind, const std::filesystem::path& path) {
  const std::vector<std::uint8_t> bytes = read_bytes(path, kMaxFileBytes);
  const std::vector<std::uint32_t> classes = label_classes(kind);
  const std::size_t record = classes.size() + kPixels;
  if (bytes.empty() || bytes.size() % record != 0)
    throw Error(fmt::format(
        "{}: byte {}: the last record is incomplete, {} bytes in all: must be a positive multiple "
        "of {} (truncated, or the other CIFAR?)",
        path.string(), bytes.size() / record * record, bytes.size(), record));
  for (std::size_t at = 0; at < bytes.size(); at += record) {
    for (std::size_t i = 0; i < classes.size(); ++i)
      if (bytes[at + i] >= classes[i])
        throw Error(fmt::format("{}: byte {}: label {}: labels lie in 0..{}, is it the other CIFAR?",
                                path.string(), at + i, bytes[at + i], classes[i] - 1));
    const auto pixels = bytes.begin() + static_cast<std::ptrdiff_t>(at + classes.size());
    images.labels.push_back(bytes[at + label_index(kind)]);
    images.pixels.insert(images.pixels.end(), pixels, pixels + kPixels);
  }
}

}  // namespace

Images read_cifar(CifarKind kind, const std::vector<std::filesystem::path>& files) {
  Images images{3, 32, 32, label_classes(kind)[label_index(kind)], {}, {}};
  for (const std::filesystem::path& path : files) append(images, kind, path);
  return images;
}

Dataset read_cifar_folder(CifarKind kind, const std::filesystem::path& folder) {
  if (kind != CifarKind::cifar10)
    return {read_cifar(kind, {find_file(folder, {"train.bin"})}),
            read_cifar(kind, {find_file(folder, {"test.bin"})})};
  std::vector<std::filesystem::path> batches;
  for (int batch = 1; batch <= 5; ++batch)
    batches.push_back(find_file(folder, {fmt::format("data_batch_{}.bin", batch)}));
  return {read_cifar(kind, batches), read_cifar(kind, {find_file(folder, {"test_batch.bin"})})};
}

}  // namespace sumline
