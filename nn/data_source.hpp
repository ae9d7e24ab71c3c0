// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "nn/data/dataset.hpp"
#include "nn/recipe.hpp"

namespace sumline {

/// Reads or generates what `data` names, and checks that `network` takes it.
/// @throws Error from the reader, or naming the sizes that differ
Dataset load_data(const DataConfig& data, const NetworkConfig& network);

}  // namespace sumline
