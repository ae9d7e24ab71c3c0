// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "traces/workload.hpp"

/// Networks with random weights and images with random codes, for tests and benchmarks of the engines.
/// Deterministic.
namespace sumline::test {

/// LeNet-5 as RedPIM quantises it (bits 54867): the shapes, the bit widths and about the code densities of
/// the real one.
Workload lenet_workload(std::uint64_t images);

/// Two convolutions, a pool and a linear layer on a 3x7x6 image: every kind of remainder at every preset,
/// quick to simulate.
Workload small_network(std::uint64_t images);

/// Two convolutions that keep the 6x6 shape of their input, so that they take equally long, and two classes.
Workload two_convolutions(std::uint64_t images);

}  // namespace sumline::test
