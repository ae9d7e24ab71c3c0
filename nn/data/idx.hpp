// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "nn/data/dataset.hpp"

/// MNIST's IDX files, plain or gzip: big-endian magic 0x0000 0x08 D (unsigned bytes, D dimensions), D 32-bit
/// extents, then the bytes. Source: the description on the MNIST page, yann.lecun.com/exdb/mnist.
namespace sumline {

/// One part: a file of images [count, height, width] and one of labels [count], classes 0..9.
/// @throws Error naming file and byte: wrong magic, truncated, trailing bytes, label above 9, counts that
/// differ.
Images read_idx(const std::filesystem::path& images, const std::filesystem::path& labels);

/// A folder with train-images, train-labels, t10k-images and t10k-labels, as "-idx3-ubyte" or ".idx3-ubyte".
Dataset read_mnist(const std::filesystem::path& folder);

}  // namespace sumline
