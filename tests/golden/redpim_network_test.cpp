// SPDX-License-Identifier: Apache-2.0
#include <torch/optim/sgd.h>

#include <algorithm>

#include "nn/checkpoint.hpp"
#include "nn/lowering.hpp"
#include "nn/quantizers/hwgq.hpp"
#include "nn/quantizers/steps.hpp"
#include "nn/recipe.hpp"
#include "tests/golden/golden_file.hpp"
#include "tests/support/reference_workload.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using sumline::Layer;
using sumline::Network;
using sumline::NetworkConfig;
using sumline::Workload;
using sumline::test::GoldenFile;
using sumline::test::open_golden;

std::string bit_string(const GoldenFile& golden) {
  std::string bits;
  for (const std::int64_t digit : golden.integers("bita")) bits += std::to_string(digit);
  return bits;
}

/// The entries "sd.*": what Python's state_dict() held.
void load_golden_state(Network& network, const GoldenFile& golden) {
  std::vector<sumline::NamedTensor> state;
  for (const std::string& name : golden.names()) {
    if (name.rfind("sd.", 0) == 0) state.push_back({name.substr(3), golden.tensor(name)});
  }
  load_state(network, state, "golden");
}

bool close(const at::Tensor& value, const at::Tensor& reference, double tolerance) {
  return at::allclose(value, reference, tolerance, tolerance);
}

/// size_product and memory_size of every quantised layer, as the last forward pass left them.
void check_size_buffers(const Network& network, const GoldenFile& golden) {
  for (const std::string kind : {"size_product", "memory_size"}) {
    std::vector<at::Tensor> values;
    for (const auto& entry : state_of(network)) {
      if (entry.name.find(kind) != std::string::npos) values.push_back(entry.tensor);
    }
    CHECK(close(at::stack(values), golden.tensor(kind), 1e-6));
  }
}

/// Lowered network with the float images `x` as codes.
Workload lower_golden(const NetworkConfig& config, const GoldenFile& golden, const Network& network) {
  Workload workload = lower_network(config, bit_string(golden), network);
  const at::Tensor codes = sumline::hwgq_codes(golden.tensor("x"), workload.image_format.bits).contiguous();
  workload.image_codes.assign(codes.data_ptr<std::uint8_t>(), codes.data_ptr<std::uint8_t>() + codes.numel());
  workload.labels.assign(static_cast<std::size_t>(codes.size(0)), 0);
  validate(workload);
  return workload;
}

template <typename T>
std::vector<std::int64_t> widen(const T& values) {
  return {values.begin(), values.end()};
}

/// Image `image` of a golden tensor [images, ...].
std::vector<std::int64_t> image_of(const GoldenFile& golden, const std::string& name, std::size_t image) {
  const auto all = golden.integers(name);
  const auto size = static_cast<std::ptrdiff_t>(all.size()) / golden.shape(name)[0];
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(image) * size;
  return {begin, begin + size};
}

std::vector<std::int64_t> input_codes(const Workload& workload, const Layer& layer, std::size_t image,
                                      const sumline::test::ReferenceImage& result) {
  if (layer.input >= 0) return widen(result.layers[static_cast<std::size_t>(layer.input)].codes);
  const auto size = static_cast<std::ptrdiff_t>(workload.image.size());
  const auto begin = workload.image_codes.begin() + static_cast<std::ptrdiff_t>(image) * size;
  return {begin, begin + size};
}

/// Indices of the layers with weights.
std::vector<std::size_t> weighted(const Workload& workload) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < workload.layers.size(); ++i) {
    if (workload.layers[i].has_weights()) indices.push_back(i);
  }
  return indices;
}

bool is_running_statistic(const std::string& name) {
  return name.find(".running_") != std::string::npos;
}

/// The file's train-mode pass updated the running statistics that "sd." lists, so there they may be those
/// after it. Its other entries come from before it: undoes running = 0.9 * before + 0.1 * batch.
void undo_training_pass(Network& network, const GoldenFile& golden) {
  const std::string name = "layers.1.running_mean";
  if (!golden.tensor("sd." + name).equal(golden.tensor("after_train." + name))) return;
  for (auto& buffer : network.named_buffers()) {
    if (is_running_statistic(buffer.key())) buffer.value().zero_();
  }
  network.train();
  network.forward(golden.tensor("x"));  // leaves 0.1 * batch
  for (auto& buffer : network.named_buffers()) {
    if (!is_running_statistic(buffer.key())) continue;
    buffer.value().copy_((golden.tensor("sd." + buffer.key()) - buffer.value()) / 0.9);
  }
}

}  // namespace

TEST_CASE("redpim/lenet_fixq.pt") {
  const auto golden = open_golden("redpim/lenet_fixq.pt");
  if (!golden) return;
  const NetworkConfig config = sumline::load_network("lenet5");
  Network network(config, bit_string(*golden));
  load_golden_state(network, *golden);
  network.eval();
  CHECK(close(network.forward(golden->tensor("x")), golden->tensor("logits"), 1e-5));
  check_size_buffers(network, *golden);

  const Workload workload = lower_golden(config, *golden, network);
  const auto logits = golden->numbers("logits_f64");
  for (std::size_t image = 0; image < workload.images(); ++image) {
    const auto result = sumline::test::run_reference(workload, image);
    for (std::size_t n = 0; n < result.logits.size(); ++n) {
      CHECK(result.logits[n] == Approx(logits[image * result.logits.size() + n]).epsilon(1e-6).margin(1e-6));
    }
    const auto layers = weighted(workload);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const Layer& layer = workload.layers[layers[i]];
      const std::string l = "L" + std::to_string(i) + '.';
      INFO(l << " image " << image);
      CHECK(widen(layer.weight_codes) == golden->integers(l + "wcode"));
      CHECK(layer.scale[0] ==
            sumline::bit_width(layer.activations.bits).hwgq_step * golden->number(l + "wstep") / 2);
      if (static_cast<std::int64_t>(image) >= golden->shape(l + "acc2")[0]) continue;
      CHECK(input_codes(workload, layer, image, result) == image_of(*golden, l + "xcode", image));
      CHECK(result.layers[layers[i]].accumulators == image_of(*golden, l + "acc2", image));
    }
  }
}

TEST_CASE("redpim/lenet_fix_trace.pt") {
  const auto golden = open_golden("redpim/lenet_fix_trace.pt");
  if (!golden) return;
  const auto start = open_golden("redpim/lenet_fixq.pt");
  const auto data = open_golden("redpim/lenet_search_trace.pt");
  Network network(sumline::load_network("lenet5"), bit_string(*start));
  load_golden_state(network, *start);
  network.train();

  sumline::Recipe recipe;
  recipe.optimizer = {0.03, 0.9, 5e-4, 0.01};
  recipe.epochs = static_cast<std::uint32_t>(data->integer("epochs"));
  torch::optim::SGD optimizer(network.parameters(),
                              torch::optim::SGDOptions(0.03).momentum(0.9).weight_decay(5e-4));
  const auto losses = golden->numbers("log");
  const auto rates = golden->numbers("lr");
  const at::Tensor images = data->tensor("x");
  std::size_t step = 0;
  for (std::uint32_t epoch = 0; epoch < recipe.epochs; ++epoch) {
    const double rate = learning_rate(recipe, epoch);
    CHECK(rate == Approx(rates.at(epoch)).epsilon(1e-9));
    static_cast<torch::optim::SGDOptions&>(optimizer.param_groups()[0].options()).lr(rate);
    for (std::int64_t batch = 0; batch < images.size(0); ++batch, ++step) {
      const at::Tensor loss =
          at::cross_entropy_loss(network.forward(images[batch]), data->tensor("y")[batch]);
      CHECK(loss.item<double>() == Approx(losses.at(step)).margin(1e-3));
      optimizer.zero_grad();
      loss.backward();
      optimizer.step();
    }
  }
  CHECK(step == losses.size());
  for (const auto& parameter : network.named_parameters()) {
    const std::string name = "final." + parameter.key();
    if (golden->contains(name)) CHECK(close(parameter.value(), golden->tensor(name), 1e-3));
  }
}

TEST_CASE("redpim/cifar10_vgg_fixq.pt") {
  const auto golden = open_golden("redpim/cifar10_vgg_fixq.pt");
  if (!golden) return;
  const NetworkConfig config = sumline::load_network("vgg-tiny");
  Network network(config, bit_string(*golden));
  load_golden_state(network, *golden);
  const at::NoGradGuard no_grad;
  undo_training_pass(network, *golden);
  network.eval();
  CHECK(close(network.forward(golden->tensor("x")), golden->tensor("logits"), 1e-4));
  check_size_buffers(network, *golden);

  const Workload workload = lower_golden(config, *golden, network);
  const auto result = sumline::test::run_reference(workload, 0);
  const auto layers = weighted(workload);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = workload.layers[layers[i]];
    const std::string l = "L" + std::to_string(i) + '.';
    INFO(l);
    std::int64_t sum = 0;
    for (const std::uint8_t code : layer.weight_codes) sum += code;
    CHECK(sum == golden->integer(l + "wcode_sum"));
    CHECK(input_codes(workload, layer, 0, result) == golden->integers(l + "xcode_img0"));
  }
  const auto logits = golden->numbers("logits_f64");
  for (std::size_t n = 0; n < result.logits.size(); ++n) {
    CHECK(result.logits[n] == Approx(logits[n]).epsilon(1e-5).margin(1e-5));
  }

  network.train();
  CHECK(close(network.forward(golden->tensor("x")), golden->tensor("logits_train_mode"), 1e-4));
  for (const auto& buffer : network.named_buffers()) {
    const std::string name = "after_train." + buffer.key();
    if (golden->contains(name)) CHECK(close(buffer.value(), golden->tensor(name), 1e-5));
  }
}
