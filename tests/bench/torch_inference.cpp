// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/torch_inference.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

namespace sumline::bench {
namespace {

/// LeNet-5 in Torch's own float32 operators.
struct Lenet {
  at::Tensor conv1 = at::randn({6, 1, 5, 5}) * 0.1;
  at::Tensor conv2 = at::randn({16, 6, 5, 5}) * 0.1;
  at::Tensor linear1 = at::randn({120, 400}) * 0.1, bias1 = at::zeros({120});
  at::Tensor linear2 = at::randn({84, 120}) * 0.1, bias2 = at::zeros({84});
  at::Tensor linear3 = at::randn({10, 84}) * 0.1, bias3 = at::zeros({10});

  at::Tensor forward(const at::Tensor& images) const {
    at::Tensor x = at::max_pool2d(at::relu(at::conv2d(images, conv1, {}, 1, 2)), 2);
    x = at::max_pool2d(at::relu(at::conv2d(x, conv2)), 2).flatten(1);
    x = at::relu(at::linear(x, linear1, bias1));
    x = at::relu(at::linear(x, linear2, bias2));
    return at::linear(x, linear3, bias3);
  }
};

}  // namespace

std::function<void()> lenet_float_inference(std::int64_t images, std::int64_t batch) {
  at::set_num_threads(1);
  at::manual_seed(1);
  return [network = Lenet(), inputs = at::rand({images, 1, 28, 28}), batch] {
    const c10::InferenceMode guard;
    std::int64_t sum = 0;
    for (const at::Tensor& part : inputs.split(batch)) {
      sum += network.forward(part).argmax(1).sum().item<std::int64_t>();
    }
    TORCH_CHECK(sum >= 0, "keeps the result in use");
  };
}

}  // namespace sumline::bench
