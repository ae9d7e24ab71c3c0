// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "nn/network.hpp"

/// Checkpoints: zip-format .pt files that hold one dict[str, Tensor], which Python's torch.load opens.
namespace sumline {

/// Replaces the file at `path` in one step. @throws Error naming the file and the system's reason
void save_tensors(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors);

/// @throws Error saying what is in the file instead, with the line of Python that writes a readable one
std::vector<NamedTensor> load_tensors(const std::filesystem::path& path);

/// Copies tensors of one network's state into `network`, converting float types.
/// Bookkeeping buffers (size_product, memory_size, num_batches_tracked) may be absent.
/// @param place starts the message @throws Error listing missing, surplus and wrongly shaped names
void load_state(Network& network, const std::vector<NamedTensor>& tensors, const std::string& place);

}  // namespace sumline
