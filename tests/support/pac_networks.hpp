// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "configs/accelerator.hpp"
#include "traces/workload.hpp"

/// Networks of unsigned codes for arrays that form chosen pairs of bits, and the definition of what these compute.
namespace sumline::test {

struct PacLayerShape {
  LayerKind kind = LayerKind::convolution;
  std::uint32_t outputs = 1;
  std::uint32_t kernel = 1;
  std::uint32_t stride = 1;
  std::uint32_t padding = 0;
  bool exact = false;
};

/// A chain of layers with random weights of `weight_bits`, activations of `activation_bits`; the last one gives
/// the logits. Some image pixels are dark, so that code sums vary.
Workload pac_network(const Shape& image, const std::vector<PacLayerShape>& layers, std::uint64_t images,
                     std::uint64_t seed, std::uint32_t weight_bits = 8, std::uint32_t activation_bits = 8);

/// Random shapes with remainders everywhere.
Workload random_pac_network(std::uint64_t seed, std::uint64_t images, std::uint32_t weight_bits,
                            std::uint32_t activation_bits);

/// The last layer's sums of one image, pair of bits by pair of bits: popcounts where a pair is exact, the rounded
/// expectation from the counts of every window (or segment) for all others. Shares no code with components/model.
std::vector<std::int64_t> pac_reference(const Workload& workload, const Accelerator& accelerator,
                                        std::uint64_t image);

}  // namespace sumline::test
