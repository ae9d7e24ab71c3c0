// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <torch/optim/sgd.h>

#include "nn/checkpoint.hpp"
#include "nn/loss.hpp"
#include "nn/plain_stage.hpp"
#include "nn/quantizers/pact.hpp"
#include "nn/residual_stage.hpp"
#include "tests/golden/pacim.hpp"
#include "tests/support/torch_catch.hpp"

namespace {

using namespace sumline;
using sumline::test::GoldenFile;
using sumline::test::open_golden;
using sumline::test::u32;

NetworkConfig bit_wise(const std::string& name, const std::vector<std::int64_t>& images) {
  NetworkConfig config;
  config.name = name;
  config.image = {u32(images[1]), u32(images[2]), u32(images[3])};
  config.activations = ActivationQuantizer::min_max;
  config.weights = WeightQuantizer::min_max;
  config.weight_bits = 8;
  return config;
}

/// Appends a layer that reads the one before it.
void append(NetworkConfig& config, NodeConfig node) {
  node.input = static_cast<std::int32_t>(config.layers.size()) - 1;
  if (node.name.empty()) node.name = "layers." + std::to_string(config.layers.size());
  config.layers.push_back(std::move(node));
}

std::uint32_t rows(const GoldenFile& golden, const std::string& weight) {
  return u32(golden.shape(weight)[0]);
}

/// Stem, two basic blocks "layer1" and "layer2", classifier; widths from the weights of the file.
NetworkConfig tiny_resnet(const GoldenFile& golden, const std::string& prefix, const std::string& images) {
  NetworkConfig config = bit_wise("tinyres", golden.shape(images));
  std::uint32_t in = rows(golden, prefix + "conv1.weight");
  append(config, {.kind = NodeKind::convolution,
                  .channels = in,
                  .kernel = 3,
                  .padding = 1,
                  .name = "conv1",
                  .exact = true});
  append(config, {.kind = NodeKind::batch_norm, .name = "bn1"});
  append(config, {.kind = NodeKind::pact, .name = "relu"});
  for (const std::string name : {"layer1", "layer2"}) {
    const std::uint32_t channels = rows(golden, prefix + name + ".conv1.weight");
    const std::uint32_t stride = golden.contains(prefix + name + ".downsample.0.weight") ? 2 : 1;
    append_stage({.name = name, .channels = channels, .stride = stride}, in, config.layers);
    in = channels;
  }
  append(config, {.kind = NodeKind::adaptive_pool});
  append(config, {.kind = NodeKind::flatten});
  append(config, {.kind = NodeKind::linear, .channels = rows(golden, prefix + "fc.weight"), .name = "fc"});
  // The file's blocks stand alone: "layer1.conv1" for the first block's "layer1.0.conv1".
  for (NodeConfig& node : config.layers) {
    const auto block = node.name.find(".0.");
    if (node.name.rfind("layer", 0) == 0 && block != std::string::npos) node.name.erase(block, 2);
  }
  return config;
}

NetworkConfig tiny_vgg(const GoldenFile& golden) {
  NetworkConfig config = bit_wise("tinyvgg", golden.shape("x"));
  append(config, {.kind = NodeKind::convolution,
                  .channels = rows(golden, "sd.0.0.weight"),
                  .kernel = 3,
                  .padding = 1,
                  .name = "0.0",
                  .bias = true,
                  .exact = true});
  append(config, {.kind = NodeKind::batch_norm, .name = "0.1"});
  append(config, {.kind = NodeKind::relu, .name = "0.2"});
  append_stage(PlainStage{"0", 3, {rows(golden, "sd.0.3.weight"), 0, rows(golden, "sd.0.7.weight"), 0}},
               config.layers);
  append(config, {.kind = NodeKind::flatten});
  append(config, {.kind = NodeKind::linear, .channels = rows(golden, "sd.2.weight"), .name = "2"});
  return config;
}

void load(Network& network, const GoldenFile& golden, const std::string& prefix) {
  std::vector<NamedTensor> state;
  for (const std::string& name : golden.names()) {
    std::string own = name.rfind(prefix, 0) == 0 ? name.substr(prefix.size()) : "";
    if (own == "0.9.alpha") continue;  // the same parameter as 0.5.alpha
    if (own == "0.5.alpha") own = "0.pact.alpha";
    if (!own.empty()) state.push_back({own, golden.tensor(name)});
  }
  load_state(network, state, "golden");
}

/// ||value - reference|| / ||reference||
double distance(const at::Tensor& value, const at::Tensor& reference) {
  return (value - reference).norm().item<double>() / reference.norm().item<double>();
}

/// Modules by name, run one by one from inputs of the file.
class Parts {
 public:
  explicit Parts(Network& network) : network_(network) {}

  at::Tensor conv(const std::string& name, const at::Tensor& x) const {
    return find(name)->as<BitwiseConv2d>()->forward(x);
  }
  at::Tensor norm(const std::string& name, const at::Tensor& x) const {
    const auto module = find(name);
    const auto p = module->named_parameters();
    const auto b = module->named_buffers();
    return at::batch_norm(x, p["weight"], p["bias"], b["running_mean"], b["running_var"], false, 0.1, 1e-5,
                          false);
  }
  at::Tensor clip(const std::string& name, const at::Tensor& x) const {
    return find(name)->as<Pact>()->forward(x);
  }
  at::Tensor fc(const std::string& name, const at::Tensor& x) const {
    return find(name)->as<BitwiseLinear>()->forward(x);
  }
  at::Tensor block(const std::string& name, const at::Tensor& x) const {
    const at::Tensor inner = clip(name + ".relu", norm(name + ".bn1", conv(name + ".conv1", x)));
    const at::Tensor branch = norm(name + ".bn2", conv(name + ".conv2", inner));
    const bool direct = !network_.named_modules("", false).contains(name + ".downsample");
    const at::Tensor other = direct ? x : norm(name + ".downsample.1", conv(name + ".downsample.0", x));
    return clip(name + ".relu", branch + other);
  }
  BitwiseLayer& layer(const std::string& name) const {
    for (const auto& [own, layer] : network_.bitwise_layers()) {
      if (own == name) return *layer;
    }
    throw std::runtime_error("no layer " + name);
  }

 private:
  std::shared_ptr<torch::nn::Module> find(const std::string& name) const {
    return network_.named_modules("", false)[name];
  }
  Network& network_;
};

/// What the tag of an end-to-end run says about its arithmetic.
struct Tag {
  std::string name;
  Arithmetic arithmetic;
  ArithmeticMode stem;

  Tag(const std::string& tag, bool bit_wise_stem) : name(tag), stem(ArithmeticMode::train) {
    arithmetic.compatibility = Compatibility::reference;
    if (tag == "train_eval") return;
    arithmetic.mode = tag.rfind("infer", 0) == 0 ? ArithmeticMode::inference : ArithmeticMode::simulation;
    if (tag == "infer_qinfer" || bit_wise_stem) stem = arithmetic.mode;
    if (tag.rfind("sim_op", 0) == 0)
      arithmetic.operand = static_cast<std::uint32_t>(std::stoul(tag.substr(6)));
    if (tag == "sim_dyn") {
      arithmetic.operand = 4;
      arithmetic.thresholds = {7000, 10000, 13000};
    }
  }

  void apply(Network& network, const std::string& stem_name) const {
    network.set_arithmetic(arithmetic);
    Parts(network).layer(stem_name).arithmetic.mode = stem;
  }
};

std::vector<std::string> tags(const GoldenFile& golden) {
  std::vector<std::string> tags;
  for (const std::string& name : golden.names()) {
    const auto end = name.find(".logits");
    if (end != std::string::npos) tags.push_back(name.substr(0, end));
  }
  return tags;
}

void check_dynamic(const GoldenFile& golden, const Parts& parts) {
  const std::array<std::int64_t, 4> pairs{10, 13, 15, 16};
  for (const std::string& name : golden.names()) {
    const std::string prefix = "sim_dyn.cycles.";
    if (name.rfind(prefix, 0) != 0) continue;
    const auto cycles = golden.integers(name);
    const auto& classes = parts.layer(name.substr(prefix.size())).classes();
    REQUIRE(classes.size() == cycles.size());
    std::size_t different = 0;
    for (std::size_t p = 0; p < cycles.size(); ++p) different += pairs[classes[p]] != cycles[p] ? 1U : 0U;
    INFO(name);
    CHECK(different * 50 <= cycles.size());  // codes of inner maps may flip at rounding ties
  }
}

void check_resnet(const std::string& file, bool bit_wise_stem) {
  const auto golden = open_golden("pacim/" + file);
  if (!golden) return;
  const at::NoGradGuard no_grad;
  Network network(tiny_resnet(*golden, "sd.", "x"), "8");
  load(network, *golden, "sd.");
  network.eval();
  const Parts parts(network);
  for (const std::string& name : tags(*golden)) {
    INFO(name);
    const Tag tag(name, bit_wise_stem);
    tag.apply(network, "conv1");
    const auto stored = [&](const std::string& part) { return golden->tensor(name + '.' + part); };
    const at::Tensor x = golden->tensor("x").slice(0, 0, stored("logits").size(0));
    CHECK(distance(parts.clip("relu", parts.norm("bn1", parts.conv("conv1", x))), stored("stem")) < 1e-4);
    CHECK(distance(parts.block("layer1", stored("stem")), stored("layer1")) < 5e-3);
    CHECK(distance(parts.block("layer2", stored("layer1")), stored("layer2")) < 5e-3);
    CHECK(distance(parts.fc("fc", stored("pool")), stored("logits")) < 1e-4);
    if (name == "sim_dyn") check_dynamic(*golden, parts);
    CHECK(distance(network.forward(x), stored("logits")) < 0.02);
  }
}

void check_vgg(const std::string& file, bool bit_wise_stem) {
  const auto golden = open_golden("pacim/" + file);
  if (!golden) return;
  const at::NoGradGuard no_grad;
  Network network(tiny_vgg(*golden), "8");
  load(network, *golden, "sd.");
  network.eval();
  const Parts parts(network);
  for (const std::string& name : tags(*golden)) {
    INFO(name);
    const Tag tag(name, bit_wise_stem);
    Tag with_operand = tag;
    if (!bit_wise_stem && tag.arithmetic.mode == ArithmeticMode::simulation)
      with_operand.arithmetic.operand = 4;
    with_operand.apply(network, "0.0");
    const auto stored = [&](const std::string& part) { return golden->tensor(name + '.' + part); };
    const auto pooled = [&](const std::string& norm, const at::Tensor& y) {
      return at::max_pool2d(parts.clip("0.pact", parts.norm(norm, y)), 2, 2);
    };
    CHECK(distance(parts.conv("0.0", golden->tensor("x")), stored("conv0")) < 1e-4);
    CHECK(distance(parts.conv("0.3", at::relu(parts.norm("0.1", stored("conv0")))), stored("conv3")) < 5e-3);
    CHECK(distance(parts.conv("0.7", pooled("0.4", stored("conv3"))), stored("conv7")) < 5e-3);
    CHECK(distance(pooled("0.8", stored("conv7")), stored("features")) < 1e-4);
    CHECK(distance(parts.fc("2", stored("features").flatten(1)), stored("logits")) < 1e-4);
    CHECK(distance(network.forward(golden->tensor("x")), stored("logits")) < 0.02);
  }
}

/// Three iterations of the original's training loop from its initial state, then its validation.
void check_training_loop(const std::string& file, double smoothing) {
  const auto golden = open_golden("pacim/" + file);
  if (!golden) return;
  Network network(tiny_resnet(*golden, "init.", "in0"), "8");
  load(network, *golden, "init.");
  torch::optim::SGD optimizer(network.parameters(),
                              torch::optim::SGDOptions(0.01).momentum(0.9).weight_decay(1e-4));
  network.train();
  const auto partial = golden->numbers("partial_losses");
  std::vector<double> losses;
  std::int64_t correct = 0, images = 0, batches = 0;
  for (; golden->contains("in" + std::to_string(batches)); ++batches) {
    const at::Tensor labels = golden->tensor("label" + std::to_string(batches));
    Mixture mixture;
    if (golden->contains("mix.lam"))
      mixture = {golden->numbers("mix.lam")[static_cast<std::size_t>(batches)],
                 golden->tensor("mix.index")[batches]};
    const at::Tensor logits = network.forward(mixture.images(golden->tensor("in" + std::to_string(batches))));
    losses.push_back(smoothed_loss(logits, labels, smoothing).item<double>());
    if (mixture.order.defined())
      losses.push_back(
          smoothed_loss(logits, labels.index_select(0, mixture.order), smoothing).item<double>());
    correct += logits.argmax(1).eq(labels).sum().item<std::int64_t>();
    images += labels.size(0);
    optimizer.zero_grad();
    mixture.loss(labels, [&](const at::Tensor& of) { return smoothed_loss(logits, of, smoothing); })
        .backward();
    optimizer.step();
  }
  REQUIRE(losses.size() == partial.size());
  for (std::size_t i = 0; i < losses.size(); ++i) CHECK(losses[i] == Approx(partial[i]).epsilon(3e-3));
  CHECK(static_cast<double>(correct) / static_cast<double>(images) == Approx(golden->number("train_acc")));
  for (const auto& parameter : network.named_parameters()) {
    const at::Tensor before = golden->tensor("init." + parameter.key()),
                     after = golden->tensor("final." + parameter.key());
    INFO(parameter.key());
    CHECK(distance(parameter.value().detach() - before, after - before) < 0.1);
  }
  const at::NoGradGuard no_grad;
  network.eval();
  double loss = 0;
  for (std::int64_t i = 0; i < batches; ++i) {
    const at::Tensor logits = network.forward(golden->tensor("in" + std::to_string(i)));
    loss += smoothed_loss(logits, golden->tensor("label" + std::to_string(i)), smoothing).item<double>();
  }
  CHECK(loss / static_cast<double>(batches) == Approx(golden->number("valid_loss_mean")).epsilon(0.02));
}

}  // namespace

TEST_CASE("pacim/e2e_tinyres_pac.pt") {
  check_resnet("e2e_tinyres_pac.pt", false);
}

TEST_CASE("pacim/e2e_tinyres_sim.pt") {
  check_resnet("e2e_tinyres_sim.pt", true);
}

TEST_CASE("pacim/e2e_tinyvgg_pac.pt") {
  check_vgg("e2e_tinyvgg_pac.pt", false);
}

TEST_CASE("pacim/e2e_tinyvgg_sim.pt") {
  check_vgg("e2e_tinyvgg_sim.pt", true);
}

TEST_CASE("pacim/train3_ce_pac.pt") {
  check_training_loop("train3_ce_pac.pt", 0);
}

TEST_CASE("pacim/train3_mixup_ls_pac.pt") {
  check_training_loop("train3_mixup_ls_pac.pt", 0.01);
}
