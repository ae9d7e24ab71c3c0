// SPDX-License-Identifier: Apache-2.0
#include "nn/data/idx.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "energy/error.hpp"
#include "nn/data/byte_source.hpp"

namespace sumline {
namespace {

constexpr std::uint32_t kClasses = 10;

struct Idx {
  std::vector<std::uint32_t> extents;
  std::vector<std::uint8_t> values;
};

std::uint32_t big_endian(const std::vector<std::uint8_t>& bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U |
         std::uint32_t{bytes[at + 2]} << 8U | bytes[at + 3];
}

Idx read(const std::filesystem::path& path, std::uint32_t dimensions, const char* content) {
  std::vector<std::uint8_t> bytes = read_bytes(path, kMaxFileBytes);
  const std::size_t header = 4 + 4 * std::size_t{dimensions};
  const auto fail = [&](std::size_t at, const std::string& text) {
    throw Error(fmt::format("{}: byte {}: {}", path.string(), at, text));
  };
  if (bytes.size() < header)
    fail(bytes.size(),
         fmt::format("the file ends: an IDX header of {} has {} bytes, fetch it again", content, header));
  const std::uint32_t magic = 0x0800U + dimensions;
  if (big_endian(bytes, 0) != magic)
    fail(0, fmt::format("magic 0x{:08x}: a file of {} starts with 0x{:08x}, is it another file?",
                        big_endian(bytes, 0), content, magic));

  Idx idx;
  std::uint64_t size = 1;
  for (std::size_t i = 0; i < dimensions; ++i) {
    idx.extents.push_back(big_endian(bytes, 4 + 4 * i));
    if (idx.extents.back() == 0) fail(4 + 4 * i, "extent 0: every extent must be at least 1");
    size = idx.extents.back() > kMaxFileBytes / size ? kMaxFileBytes + 1 : size * idx.extents.back();
  }
  const std::string shape = fmt::format("[{}]", fmt::join(idx.extents, ", "));
  if (size > kMaxFileBytes) fail(4, fmt::format("extents {}: at most {} values", shape, kMaxFileBytes));
  if (bytes.size() < header + size)
    fail(bytes.size(),
         fmt::format("the file ends: {} {} need {} bytes, fetch it again", content, shape, header + size));
  if (bytes.size() > header + size)
    fail(header + size, fmt::format("{} trailing bytes: {} {} need exactly {} bytes",
                                    bytes.size() - header - size, content, shape, header + size));
  idx.values.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end());
  return idx;
}

Images read_part(const std::filesystem::path& folder, const std::string& part) {
  return read_idx(find_file(folder, {part + "-images-idx3-ubyte", part + "-images.idx3-ubyte"}),
                  find_file(folder, {part + "-labels-idx1-ubyte", part + "-labels.idx1-ubyte"}));
}

}  // namespace

Images read_idx(const std::filesystem::path& images, const std::filesystem::path& labels) {
  Idx pictures = read(images, 3, "images");
  Idx classes = read(labels, 1, "labels");
  if (pictures.extents[0] != classes.extents[0])
    throw Error(
        fmt::format("{}: {} labels, but {} holds {} images: the two belong together and must be equal",
                    labels.string(), classes.extents[0], images.string(), pictures.extents[0]));
  const auto wrong = std::find_if(classes.values.begin(), classes.values.end(),
                                  [](std::uint8_t label) { return label >= kClasses; });
  if (wrong != classes.values.end())
    throw Error(fmt::format("{}: byte {}: label {}: labels lie in 0..{}", labels.string(),
                            8 + (wrong - classes.values.begin()), *wrong, kClasses - 1));
  return {1,        pictures.extents[1],        pictures.extents[2],
          kClasses, std::move(pictures.values), std::move(classes.values)};
}

Dataset read_mnist(const std::filesystem::path& folder) {
  return {read_part(folder, "train"), read_part(folder, "t10k")};
}

}  // namespace sumline
