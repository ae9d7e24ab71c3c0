// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "traces/workload.hpp"

namespace sumline {

/// The layer with weights whose codes reach `layer`, directly or through pooling; -1 where they are the
/// images.
inline std::int32_t producer(const Workload& workload, std::size_t layer) {
  std::int32_t index = workload.layers[layer].input;
  while (index >= 0 && !workload.layers[static_cast<std::size_t>(index)].has_weights()) {
    index = workload.layers[static_cast<std::size_t>(index)].input;
  }
  return index;
}

}  // namespace sumline
