// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "traces/workload.hpp"

/// The workload's meaning in naive loops: what every engine must reproduce bit for bit.
namespace sumline::test {

/// What one layer made of one image.
struct ReferenceLayer {
  std::vector<std::int64_t> accumulators;  ///< [out]; empty for max_pool
  std::vector<std::uint8_t> codes;         ///< [out]; empty where the layer gives the logits
};

struct ReferenceImage {
  std::vector<ReferenceLayer> layers;  ///< as in the workload
  std::vector<double> logits;          ///< z of the layer that does not requantise
  std::uint32_t predicted = 0;         ///< first largest logit
};

/// Runs image number `image` of `workload`.
ReferenceImage run_reference(const Workload& workload, std::size_t image);

/// Share of the first `images` images whose prediction equals the label.
double reference_accuracy(const Workload& workload, std::size_t images);

}  // namespace sumline::test
