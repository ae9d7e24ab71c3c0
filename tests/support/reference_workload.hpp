// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/support/reference_graph.hpp"
#include "traces/workload.hpp"

/// The workload's meaning in naive loops: what every engine must reproduce bit for bit.
namespace sumline::test {

struct ReferenceImage {
  std::vector<ReferenceMap> layers;  ///< as in the workload
  std::vector<double> logits;        ///< z of the last layer
  std::uint32_t predicted = 0;       ///< first largest logit
};

/// Runs image number `image` of `workload`.
ReferenceImage run_reference(const Workload& workload, std::size_t image);

/// Share of the first `images` images whose prediction equals the label.
double reference_accuracy(const Workload& workload, std::size_t images);

}  // namespace sumline::test
