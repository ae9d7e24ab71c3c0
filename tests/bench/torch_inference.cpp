// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/torch_inference.hpp"

#include <torch/torch.h>

namespace sumline::bench {

std::function<void()> lenet_float_inference(std::int64_t images, std::int64_t batch) {
  using torch::nn::Conv2d;
  using torch::nn::Conv2dOptions;
  using torch::nn::Functional;
  using torch::nn::Linear;
  at::set_num_threads(1);
  torch::manual_seed(1);
  const auto pool = [] { return torch::nn::MaxPool2d(torch::nn::MaxPool2dOptions(2)); };
  torch::nn::Sequential network(Conv2d(Conv2dOptions(1, 6, 5).padding(2).bias(false)), torch::nn::ReLU(),
                                pool(), Conv2d(Conv2dOptions(6, 16, 5).bias(false)), torch::nn::ReLU(),
                                pool(), torch::nn::Flatten(), Linear(400, 120), torch::nn::ReLU(),
                                Linear(120, 84), torch::nn::ReLU(), Linear(84, 10));
  network->eval();
  const torch::Tensor inputs = torch::rand({images, 1, 28, 28});
  return [network, inputs, batch]() mutable {
    const torch::InferenceMode guard;
    std::int64_t sum = 0;
    for (const torch::Tensor& part : inputs.split(batch)) {
      sum += network->forward(part).argmax(1).sum().item<std::int64_t>();
    }
    TORCH_CHECK(sum >= 0, "keeps the result in use");
  };
}

}  // namespace sumline::bench
