// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <torch/types.h>

#include <set>

#include "nn/checkpoint.hpp"
#include "nn/loss.hpp"
#include "nn/optimizer.hpp"
#include "tests/golden/bnn_iga.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using sumline::ConverterTraining;
using sumline::NamedTensor;
using sumline::Network;
using sumline::NetworkConfig;
using sumline::NodeKind;
using sumline::Slope;
using sumline::test::Combo;
using sumline::test::GoldenFile;
using sumline::test::open_golden;

const ConverterTraining kReleased{Slope::impulse, sumline::kReleasedSigmas, Slope::straight_through};

std::string behind(const std::string& name, const std::string& prefix) {
  return name.compare(0, prefix.size(), prefix) == 0 ? name.substr(prefix.size()) : std::string();
}

/// +-1 weights from bits, most significant first.
at::Tensor unpack(const at::Tensor& packed, const std::vector<std::int64_t>& shape) {
  const at::Tensor masks = torch::tensor({128, 64, 32, 16, 8, 4, 2, 1}, at::kInt);
  const at::Tensor bits = packed.to(at::kInt).unsqueeze(1).bitwise_and(masks).ne(0).flatten();
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) count *= extent;
  return bits.slice(0, 0, count).to(at::kFloat).mul(2).sub(1).view(shape);
}

std::vector<NamedTensor> golden_state(const GoldenFile& golden, const std::string& prefix) {
  std::vector<NamedTensor> state;
  for (const std::string& name : golden.names()) {
    const std::string plain = behind(name, prefix);
    if (!plain.empty()) state.push_back({plain, golden.tensor(name)});
    const std::string packed = behind(name, "packed:");
    if (!packed.empty())
      state.push_back({packed, unpack(golden.tensor(name), golden.integers("shape:" + packed))});
  }
  return state;
}

/// The preset with the file's widths.
NetworkConfig resized(const std::string& preset, const std::vector<NamedTensor>& state) {
  NetworkConfig config = sumline::load_network(preset);
  for (sumline::NodeConfig& node : config.layers) {
    if (node.kind == NodeKind::dropout) node.probability = 0;
    for (const NamedTensor& entry : state) {
      if (node.has_weights() && entry.name == node.name + ".weight") {
        node.channels = static_cast<std::uint32_t>(entry.tensor.size(0));
      }
    }
  }
  return config;
}

/// "a1w1p5p2" as a recipe writes it: "1/1.5/2".
std::string recipe_bits(const Combo& combo) {
  const auto word = [](sumline::Resolution resolution) {
    constexpr const char* kWords[] = {"1", "1.5", "2", "3", "4", "float"};
    return std::string(kWords[static_cast<std::size_t>(resolution)]);
  };
  return word(combo.activations) + '/' + word(combo.weights) + '/' + word(combo.converter);
}

void check_logits(const std::string& file, const std::string& preset) {
  const auto golden = open_golden("bnn_iga/" + file);
  if (!golden) return;
  const at::NoGradGuard no_grad;
  const auto state = golden_state(*golden, "state:");
  const auto combos = combos_behind(*golden, "logits.");
  REQUIRE_FALSE(combos.empty());
  for (const Combo& combo : combos) {
    INFO(combo.tag);
    Network network(resized(preset, state), recipe_bits(combo), kReleased);
    load_state(network, state, file);
    network.eval();
    const at::Tensor expected = golden->tensor("logits." + combo.tag);
    const double tolerance = std::max(
        {1e-4, 1e-6 * expected.abs().max().item<double>(), 4 * golden->number("f64diff." + combo.tag)});
    const at::Tensor logits = network.forward(golden->tensor("x"));
    CHECK((logits - expected).abs().max().item<double>() <= tolerance);
  }
}

/// Biases whose gradient a batch norm cancels: what the original stores is round-off.
bool feeds_batch_norm(const NetworkConfig& config, const std::string& parameter) {
  for (std::size_t i = 0; i < config.layers.size(); ++i) {
    const auto& node = config.layers[i];
    if (node.kind != NodeKind::batch_norm || node.input < 0) continue;
    std::size_t source = static_cast<std::size_t>(node.input);
    std::set<std::string> sources;
    const auto collect = [&](const auto& self, std::size_t from) -> void {
      const auto& feeding = config.layers[from];
      if (feeding.has_weights() || feeding.kind == NodeKind::batch_norm)
        sources.insert(feeding.name + ".bias");
      if (feeding.kind == NodeKind::dropout || feeding.kind == NodeKind::add) {
        self(self, static_cast<std::size_t>(feeding.input));
      }
      if (feeding.kind == NodeKind::add) self(self, static_cast<std::size_t>(feeding.other));
    };
    collect(collect, source);
    if (sources.count(parameter) != 0) return true;
  }
  return false;
}

bool close_in_norm(const at::Tensor& value, const at::Tensor& reference, double tolerance) {
  return (value - reference).norm().item<double>() <= tolerance * reference.norm().item<double>();
}

at::Tensor rows_like(const at::Tensor& value, const at::Tensor& reference) {
  return value.slice(0, 0, reference.size(0));
}

/// One forward and backward in train mode; with `final:` entries also an Adam step on the file's gradients.
void check_training(const std::string& file, const std::string& preset) {
  const auto golden = open_golden("bnn_iga/" + file);
  if (!golden) return;
  const auto state = golden_state(*golden, "state0:");
  Network network(resized(preset, state), "1/1/1", kReleased);
  load_state(network, state, file);
  const at::Tensor out = network.forward(golden->tensor("x0"));
  const at::Tensor loss = batch_loss(sumline::Loss::cross_entropy, out, golden->tensor("t0"));
  CHECK(at::allclose(out, golden->tensor("out0"), 1e-4, 1e-4));
  CHECK(loss.item<double>() == Approx(golden->number("loss")).epsilon(1e-5));
  loss.backward();
  auto parameters = network.named_parameters();
  std::size_t compared = 0;
  for (const std::string& name : golden->names()) {
    const std::string parameter = behind(name, "grad0:");
    if (parameter.empty() || feeds_batch_norm(network.config(), parameter)) continue;
    INFO(name);
    const at::Tensor reference = golden->tensor(name);
    REQUIRE(parameters[parameter].grad().defined());
    CHECK(close_in_norm(rows_like(parameters[parameter].grad(), reference), reference, 1e-4));
    ++compared;
  }
  CHECK(compared > 5);
  for (const NamedTensor& entry : state_of(network)) {
    const std::string name = "stat1:" + entry.name;
    INFO(name);
    if (golden->contains(name)) CHECK(at::allclose(entry.tensor, golden->tensor(name), 1e-5, 1e-5));
  }
}

}  // namespace

TEST_CASE("bnn_iga/mlp_main.pt") {
  check_logits("mlp_main.pt", "mlp-mnist");
}
TEST_CASE("bnn_iga/mlp_sp.pt") {
  check_logits("mlp_sp.pt", "mlp-mnist-b");
}
TEST_CASE("bnn_iga/resnet18_small.pt") {
  check_logits("resnet18_small.pt", "res18");
}
TEST_CASE("bnn_iga/resnet20_small.pt") {
  check_logits("resnet20_small.pt", "res20");
}
TEST_CASE("bnn_iga/resnet20.pt") {
  check_logits("resnet20.pt", "res20");
}
TEST_CASE("bnn_iga/vgg9_tiny.pt") {
  check_logits("vgg9_tiny.pt", "vgg9");
}
TEST_CASE("bnn_iga/train_resnet20_small.pt") {
  check_training("train_resnet20_small.pt", "res20");
}

TEST_CASE("bnn_iga/train_mlp136.pt") {
  check_training("train_mlp136.pt", "mlp-mnist");
  const auto golden = open_golden("bnn_iga/train_mlp136.pt");
  if (!golden) return;
  const auto state = golden_state(*golden, "state0:");
  Network network(resized("mlp-mnist", state), "1/1/1", kReleased);
  load_state(network, state, "train_mlp136.pt");
  sumline::OptimizerConfig adam;
  adam.kind = sumline::OptimizerKind::adam;
  adam.learning_rate = golden->number("lr");
  sumline::Optimizer optimizer(adam, network);
  auto parameters = network.named_parameters();
  for (const auto& parameter : parameters) {
    at::Tensor gradient = torch::zeros_like(parameter.value());
    const at::Tensor stored = golden->tensor("grad0:" + parameter.key());
    gradient.slice(0, 0, stored.size(0)).copy_(stored);
    parameter.value().mutable_grad() = gradient;
  }
  optimizer.step();
  limit_weights(network);
  for (const auto& parameter : parameters) {
    INFO(parameter.key());
    const at::Tensor reference = golden->tensor("final:" + parameter.key());
    CHECK(at::allclose(rows_like(parameter.value(), reference), reference, 1e-5, 1e-6));
  }
}

TEST_CASE("bnn_iga/adam_regime.pt") {
  const auto golden = open_golden("bnn_iga/adam_regime.pt");
  if (!golden) return;
  NetworkConfig config;
  config.image = {static_cast<std::uint32_t>(golden->tensor("w0").numel() / golden->tensor("b0").numel()), 1,
                  1};
  config.activations = sumline::ActivationQuantizer::staircase;
  config.weights = sumline::WeightQuantizer::staircase;
  config.array.rows = 128;
  sumline::NodeConfig flatten;
  flatten.name = "flat";
  sumline::NodeConfig linear;
  linear.name = "fc";
  linear.kind = NodeKind::linear;
  linear.input = 0;
  linear.channels = static_cast<std::uint32_t>(golden->tensor("b0").numel());
  config.layers = {flatten, linear};
  Network network(config, "1/1/1");
  sumline::OptimizerConfig adam;
  adam.kind = sumline::OptimizerKind::adam;
  adam.rebuild_every_epoch = true;
  sumline::Optimizer optimizer(adam, network);
  auto parameters = network.named_parameters();
  const at::NoGradGuard no_grad;
  parameters["fc.weight"].copy_(golden->tensor("w0").view_as(parameters["fc.weight"]));
  parameters["fc.bias"].copy_(golden->tensor("b0"));
  for (int k = 0; k < 9; ++k) {
    INFO(k);
    if (k % 3 == 0) optimizer.begin_epoch();
    optimizer.set_learning_rate(golden->numbers("lr").at(static_cast<std::size_t>(k)));
    const std::string step = std::to_string(k);
    parameters["fc.weight"].mutable_grad() =
        golden->tensor("gw" + step).view_as(parameters["fc.weight"]).clone();
    parameters["fc.bias"].mutable_grad() = golden->tensor("gb" + step).clone();
    optimizer.step();
    parameters["fc.weight"].clamp_(-1, 1);
    const std::string next = std::to_string(k + 1);
    CHECK(at::allclose(parameters["fc.weight"].flatten(), golden->tensor("w" + next).flatten(), 1e-5, 1e-6));
    CHECK(at::allclose(parameters["fc.bias"], golden->tensor("b" + next), 1e-5, 1e-6));
  }
}

TEST_CASE("bnn_iga/loss.pt") {
  const auto golden = open_golden("bnn_iga/loss.pt");
  if (!golden) return;
  const auto check = [&](sumline::Loss kind, const std::string& name, bool log_softmax) {
    INFO(name);
    const at::Tensor logits = golden->tensor("logits").clone().requires_grad_(true);
    const at::Tensor loss =
        batch_loss(kind, log_softmax ? at::log_softmax(logits, 1) : logits, golden->tensor("target"));
    CHECK(loss.item<double>() == Approx(golden->number(name)).epsilon(1e-5));
    loss.backward();
    CHECK(at::allclose(logits.grad(), golden->tensor(name + "_grad"), 1e-5, 1e-7));
  };
  check(sumline::Loss::cross_entropy, "ce", true);
  check(sumline::Loss::hinge, "hinge", false);
}
