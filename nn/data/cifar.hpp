// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "nn/data/dataset.hpp"

/// CIFAR's binary version, plain or gzip: records of label bytes followed by 3072 pixels (red, green, blue
/// planes of 32x32). Source: the description on www.cs.toronto.edu/~kriz/cifar.html.
namespace sumline {

/// CIFAR-10 has one label byte; CIFAR-100 has two, of which `fine` tells the class.
enum class CifarKind : std::uint8_t { cifar10, cifar100_coarse, cifar100_fine };

/// The records of all `files`, in order. @throws Error naming file and byte: a part of a record, a label too
/// large.
Images read_cifar(CifarKind kind, const std::vector<std::filesystem::path>& files);

/// A folder with data_batch_1..5.bin and test_batch.bin, or with train.bin and test.bin of CIFAR-100.
Dataset read_cifar_folder(CifarKind kind, const std::filesystem::path& folder);

}  // namespace sumline
