// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

namespace sumline::bench {

/// LibTorch's own float32 inference of LeNet-5 (convolution, ReLU, max-pool, linear) on `images` images in
/// batches of `batch`, on one thread. Set up once; every call of the result runs all images.
std::function<void()> lenet_float_inference(std::int64_t images, std::int64_t batch);

}  // namespace sumline::bench
