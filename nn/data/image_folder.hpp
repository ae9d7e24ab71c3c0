// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "nn/data/dataset.hpp"

namespace sumline {

/// FOLDER/train/CLASS/*.{png,jpg,jpeg} and FOLDER/test/CLASS/*; classes are numbered by name. Training images
/// are scaled to `origin` on their shorter side and cut to the middle origin x origin; test images are
/// squeezed to size x size.
/// @throws Error naming the folder or file: no class, more than 256, classes that differ between the two
/// parts, an image that cannot be decoded
Dataset read_image_folder(const std::filesystem::path& folder, std::uint32_t origin, std::uint32_t size);

}  // namespace sumline
