// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "traces/workload.hpp"

namespace sumline::test {

/// Two 1x4x4 images through a 3x3 convolution, a 2x2 max-pool and a linear layer of three classes.
Workload tiny_workload();

/// The same with a residual block behind the convolution, which hands on sums.
Workload residual_workload();

}  // namespace sumline::test
