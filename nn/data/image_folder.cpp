// SPDX-License-Identifier: Apache-2.0
#include "nn/data/image_folder.hpp"

#include <fmt/format.h>
#include <stb/stb_image.h>
#include <stb/stb_image_resize.h>

#include <algorithm>
#include <memory>

#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr int kChannels = 3;
constexpr std::size_t kMaxClasses = 256;

/// Interleaved RGB.
struct Picture {
  int height;
  int width;
  std::vector<std::uint8_t> pixels;
};

Picture decode(const std::filesystem::path& path) {
  int width = 0, height = 0, channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> data(
      stbi_load(path.c_str(), &width, &height, &channels, kChannels), stbi_image_free);
  if (!data) throw Error(path.string() + ": not a readable PNG or JPEG image: " + stbi_failure_reason());
  return {height, width, {data.get(), data.get() + std::size_t{1} * kChannels * width * height}};
}

Picture resize(const Picture& picture, int height, int width) {
  if (height == picture.height && width == picture.width) return picture;
  Picture resized{height, width, std::vector<std::uint8_t>(std::size_t{1} * kChannels * height * width)};
  stbir_resize_uint8(picture.pixels.data(), picture.width, picture.height, 0, resized.pixels.data(), width,
                     height, 0, kChannels);
  return resized;
}

/// Shorter side to `origin`; the longer one follows.
Picture scale_to(const Picture& picture, std::uint32_t origin) {
  const double factor = static_cast<double>(origin) / std::min(picture.height, picture.width);
  const auto side = [&](int length) {
    return std::max(static_cast<int>(origin), static_cast<int>(length * factor));
  };
  return resize(picture, side(picture.height), side(picture.width));
}

/// Appends the middle side x side as planes.
void append_middle(const Picture& picture, std::uint32_t side, Images& images) {
  const std::size_t top = (static_cast<std::size_t>(picture.height) - side) / 2;
  const std::size_t left = (static_cast<std::size_t>(picture.width) - side) / 2;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    for (std::size_t y = top; y < top + side; ++y) {
      for (std::size_t x = left; x < left + side; ++x) {
        images.pixels.push_back(
            picture.pixels[(y * static_cast<std::size_t>(picture.width) + x) * kChannels + channel]);
      }
    }
  }
}

std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder) {
  std::error_code failure;
  std::vector<std::filesystem::path> entries;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failure))
    entries.push_back(entry.path());
  if (failure) throw Error(folder.string() + ": cannot be listed: " + failure.message());
  std::sort(entries.begin(), entries.end());
  return entries;
}

bool is_image(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

std::vector<std::string> class_names(const std::filesystem::path& part) {
  std::vector<std::string> names;
  for (const auto& entry : sorted_entries(part)) {
    if (std::filesystem::is_directory(entry)) names.push_back(entry.filename().string());
  }
  if (names.empty() || names.size() > kMaxClasses) {
    throw Error(fmt::format("{}: {} class folders: must be 1..{}", part.string(), names.size(), kMaxClasses));
  }
  return names;
}

/// @param training scaled and cut; else squeezed
Images read_part(const std::filesystem::path& part, const std::vector<std::string>& classes,
                 std::uint32_t side, bool training) {
  Images images{kChannels, side, side, static_cast<std::uint32_t>(classes.size()), {}, {}};
  for (std::size_t label = 0; label < classes.size(); ++label) {
    for (const auto& path : sorted_entries(part / classes[label])) {
      if (!is_image(path)) continue;
      const Picture picture = decode(path);
      const auto length = static_cast<int>(side);
      append_middle(training ? scale_to(picture, side) : resize(picture, length, length), side, images);
      images.labels.push_back(static_cast<std::uint8_t>(label));
    }
  }
  if (images.labels.empty())
    throw Error(part.string() + ": no .png, .jpg or .jpeg file in its class folders");
  return images;
}

}  // namespace

Dataset read_image_folder(const std::filesystem::path& folder, std::uint32_t origin, std::uint32_t size) {
  const std::vector<std::string> classes = class_names(folder / "train");
  if (class_names(folder / "test") != classes) {
    throw Error(folder.string() + ": train and test have different class folders: must be the same");
  }
  return {read_part(folder / "train", classes, origin, true),
          read_part(folder / "test", classes, size, false)};
}

}  // namespace sumline
