// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>

#include "traces/workload.hpp"

/// Networks with random weights and images whose codes use their whole range, for tests and benchmarks
/// without training.
namespace sumline::test {

/// Builds a workload layer by layer.
class SyntheticNetwork {
 public:
  SyntheticNetwork(Shape image, std::uint32_t image_bits, std::uint64_t seed);

  /// The layer reads the one added last. @param out_bits of its output codes
  SyntheticNetwork& convolution(std::uint32_t channels, std::uint32_t kernel, std::uint32_t stride,
                                std::uint32_t padding, std::uint32_t out_bits);
  SyntheticNetwork& max_pool(std::uint32_t kernel, std::uint32_t stride, std::uint32_t padding = 0);
  SyntheticNetwork& linear(std::uint32_t features, std::uint32_t out_bits);
  /// The last layer. @param images random ones; about a third of their codes are 0
  Workload logits(std::uint32_t classes, std::uint32_t images);

 private:
  Layer& append(LayerKind kind, Shape out);
  void add_weights(Layer& layer, std::uint32_t out_bits);

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }

  std::mt19937_64 random_;
  Workload workload_;
};

/// LeNet-5 as the RedPIM project trains it, activations of 5, 4, 8, 6 and 7 bits.
Workload synthetic_lenet(std::uint32_t images, std::uint64_t seed);

}  // namespace sumline::test
