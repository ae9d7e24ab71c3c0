// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <cmath>
#include <numeric>
#include <random>

#include "arch/event_engine.hpp"
#include "arch/functional_engine.hpp"
#include "configs/accelerator_loader.hpp"
#include "nn/evaluation.hpp"
#include "nn/min_max_lowering.hpp"
#include "tests/support/torch_catch.hpp"

namespace sumline::lowered_pac_test {
namespace {

constexpr std::size_t kImages = 6;

Images random_images() {
  std::mt19937 random(3);
  Images images{.channels = 3, .height = 16, .width = 16, .classes = 10, .pixels = {}, .labels = {}};
  for (std::size_t image = 0; image < kImages; ++image) {
    for (std::size_t pixel = 0; pixel < images.image_size(); ++pixel) {
      images.pixels.push_back(static_cast<std::uint8_t>((random() % 64 + 40 * image + pixel % 97) % 256));
    }
    images.labels.push_back(static_cast<std::uint8_t>(image));
  }
  return images;
}

/// A pixel is -1..1.
PixelTable pixel_values() {
  std::array<float, 256> values;
  for (std::size_t byte = 0; byte < values.size(); ++byte)
    values[byte] = static_cast<float>(byte) / 127.5f - 1;
  return PixelTable(3, values);
}

std::vector<std::uint32_t> all_images() {
  std::vector<std::uint32_t> indices(kImages);
  std::iota(indices.begin(), indices.end(), 0U);
  return indices;
}

struct Lowered {
  Network network;
  Workload workload;
  at::Tensor images;
};

/// @param arithmetic of the run that ranges are taken from
Lowered lower(const NetworkConfig& config, const Images& images, const PixelTable& pixels,
              const Arithmetic& arithmetic) {
  Lowered lowered{Network(config, "8"), {}, {}};
  initialize(lowered.network, 7);
  const MapRanges ranges = calibrate(lowered.network, images, kImages, pixels, arithmetic);
  lowered.workload = lower_min_max(config, "8", lowered.network, ranges);
  lower_images(lowered.workload, images, kImages,
               min_max_image_codes(lowered.workload.image_format, ranges.images, pixels));
  validate(lowered.workload);
  lowered.images = make_batch(images, all_images(), pixels, config.image, [](std::uint32_t) {
                     return Placement{};
                   }).images;
  return lowered;
}

constexpr ArithmeticMode kInference = ArithmeticMode::inference;
constexpr ArithmeticMode kSimulation = ArithmeticMode::simulation;

/// ResNet-18 of 4 to 32 channels on 16x16 pixels, random weights.
Lowered small_resnet(const Arithmetic& arithmetic = {.mode = kInference}) {
  return lower(load_network("resnet18", {{"inflate", "4"}, {"image", "[3, 16, 16]"}}), random_images(),
               pixel_values(), arithmetic);
}

/// One layer of a network as the last: it reads the images, so that codes and ranges are those of nn/, and all
/// products must be, too. @param layer becomes the second node where it is linear, else the first
Lowered one_layer(const NodeConfig& layer) {
  NetworkConfig config;
  config.name = "layer";
  config.image = {9, 6, 6};
  config.activations = ActivationQuantizer::min_max;
  config.weights = WeightQuantizer::min_max;
  config.weight_bits = 8;
  const auto append = [&](NodeConfig node) {
    node.input = static_cast<std::int32_t>(config.layers.size()) - 1;
    config.layers.push_back(std::move(node));
  };
  const bool linear = layer.kind == NodeKind::linear;
  if (linear) append({.kind = NodeKind::flatten, .name = "flatten"});
  append(layer);
  append({.kind = NodeKind::relu, .name = "relu"});
  if (!linear) append({.kind = NodeKind::flatten, .name = "flatten"});
  append({.kind = NodeKind::linear, .channels = 2, .name = "last"});
  std::mt19937 random(5);
  Images images{.channels = 9, .height = 6, .width = 6, .classes = 10, .pixels = {0, 255}, .labels = {}};
  images.labels.resize(kImages);
  while (images.pixels.size() < kImages * images.image_size()) {
    const std::size_t dark = images.pixels.size() / images.image_size() % 3;  // every class of pairs occurs
    images.pixels.push_back(static_cast<std::uint8_t>(random() % 256 >> dark));
  }
  std::array<float, 256> values;  // zero lies between two codes
  for (std::size_t byte = 0; byte < values.size(); ++byte)
    values[byte] = (static_cast<float>(byte) - 99.7f) / 64;
  Lowered lowered = lower(config, images, PixelTable(9, values), {.mode = kInference});
  lowered.workload.layers.resize(1);
  lowered.workload.layers.front().requantize = false;
  lowered.workload.layers.front().quantizer = {};
  validate(lowered.workload);
  return lowered;
}

EngineOutput run(const Workload& workload, const Accelerator& accelerator) {
  return run_functional_engine(workload, accelerator, map_network(workload, accelerator), 0, kImages);
}

/// Root mean square of the difference, as a share of the logits' own deviation.
double relative_error(const EngineOutput& output, const at::Tensor& logits) {
  const at::Tensor expected = logits.to(at::kDouble).contiguous();
  const at::Tensor found =
      at::from_blob(const_cast<double*>(output.logits.data()), expected.sizes(), at::kDouble);
  return ((found - expected).pow(2).mean().sqrt() / expected.std()).item<double>();
}

TEST_CASE("each kind of layer gives the products of nn, rounded") {
  const at::NoGradGuard no_grad;
  const NodeConfig layer = GENERATE(
      NodeConfig{.kind = NodeKind::convolution, .channels = 11, .kernel = 3, .padding = 1, .name = "same"},
      NodeConfig{.kind = NodeKind::convolution,
                 .channels = 5,
                 .kernel = 3,
                 .stride = 2,
                 .padding = 1,
                 .name = "half"},
      NodeConfig{.kind = NodeKind::convolution, .channels = 20, .kernel = 1, .stride = 2, .name = "shortcut"},
      NodeConfig{.kind = NodeKind::linear, .channels = 10, .name = "classifier"});
  Lowered lowered = one_layer(layer);
  const double unit = lowered.workload.layers.back().scale.front();  // of an integer product
  const auto check = [&](const Accelerator& accelerator, const Arithmetic& arithmetic, double tolerance) {
    lowered.network.set_arithmetic(arithmetic);
    at::Tensor expected;
    lowered.network.forward(lowered.images, [&](std::size_t node, const at::Tensor& result) {
      const bool wanted = lowered.network.config().layers[node].name == layer.name;
      if (wanted) expected = result.to(at::kDouble).contiguous();
    });
    const EngineOutput output = run(lowered.workload, accelerator);
    const at::Tensor found =
        at::from_blob(const_cast<double*>(output.logits.data()), expected.sizes(), at::kDouble);
    const double error = (found - expected).abs().max().item<double>() / unit;
    INFO(layer.name << ": largest difference, in units of a product: " << error);
    // Real numbers pass through float32 in nn.
    CHECK(error <= tolerance + 1e-6 * expected.abs().max().item<double>() / unit);
    return output;
  };
  check(load_accelerator("dcim"), {.mode = kInference}, 0);
  Accelerator accelerator = load_accelerator("pacim");
  for (const std::uint32_t operand : {0U, 3U, 4U}) {
    accelerator.approximation->operand = operand;
    check(accelerator, {.mode = kSimulation, .operand = operand}, 0.5);
  }
  const std::array<double, 3> thresholds{25000, 40000, 60000};
  accelerator.approximation->dynamic = true;
  accelerator.approximation->thresholds = thresholds;
  const EngineOutput output =
      check(accelerator, {.mode = kSimulation, .operand = 4, .thresholds = thresholds}, 0.5);
  if (layer.kind == NodeKind::convolution) {
    for (const std::uint64_t positions : output.pac_classes.back()) CHECK(positions > 0);
  }
}

/// How far logits move, as a share of their deviation, where every activation carries noise of 1/20 of its code's
/// step: enough to turn the codes that lie closest to a boundary. Root mean square over several draws.
double sensitivity(Network& network, const at::Tensor& images, const Arithmetic& arithmetic) {
  constexpr int kDraws = 4;
  network.set_arithmetic(arithmetic);
  const at::Tensor undisturbed = network.forward(images).clone();
  at::manual_seed(1);
  double sum = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const at::Tensor disturbed = network.forward(images, [&](std::size_t node, const at::Tensor& result) {
      if (network.config().layers[node].kind != NodeKind::pact) return;
      at::Tensor map = result;
      map.add_(at::randn_like(map).mul_(map.max() / 255 / 20)).clamp_min_(0);
    });
    sum += ((disturbed - undisturbed).pow(2).mean() / undisturbed.var()).item<double>();
  }
  return std::sqrt(sum / kDraws);
}

TEST_CASE("a lowered ResNet gives the logits of inference on dcim and those of simulation on pacim") {
  const at::NoGradGuard no_grad;
  const Arithmetic inference{.mode = kInference};
  const Arithmetic simulation{.mode = kSimulation, .operand = 4};
  // What differs are static ranges instead of dynamic ones, and 8-bit codes of the branches that residual blocks
  // add: that turns a few codes by one.
  const auto error = [](Lowered& lowered, const char* accelerator, const Arithmetic& arithmetic) {
    lowered.network.set_arithmetic(arithmetic);
    return relative_error(run(lowered.workload, load_accelerator(accelerator)),
                          lowered.network.forward(lowered.images));
  };
  Lowered lowered = small_resnet(inference);
  const double exact = error(lowered, "dcim", inference);
  const double exact_limit = sensitivity(lowered.network, lowered.images, inference);
  Lowered approximate = small_resnet(simulation);
  const double pacim = error(approximate, "pacim", simulation);
  const double pacim_limit = sensitivity(approximate.network, approximate.images, simulation);
  INFO("relative errors of logits: dcim "
       << exact << ", pacim " << pacim << "; moved by a twentieth of a code's step: inference " << exact_limit
       << ", simulation " << pacim_limit);
  CHECK(exact < 2 * exact_limit);
  CHECK(pacim < 2 * pacim_limit);
  CHECK(exact_limit < 0.03);
}

TEST_CASE("all engines agree on a lowered ResNet") {
  const at::NoGradGuard no_grad;
  const Lowered lowered = small_resnet();
  for (const bool dynamic : {false, true}) {
    Accelerator accelerator = load_accelerator("pacim");
    accelerator.approximation->dynamic = dynamic;
    accelerator.approximation->thresholds = {7000, 10000, 13000};
    const Mapping mapping = map_network(lowered.workload, accelerator);
    const EngineOutput functional = run_functional_engine(lowered.workload, accelerator, mapping, 0, 1);
    const EventOutput job = run_event_engine(lowered.workload, accelerator, mapping, Fidelity::job, 0, 1);
    const EventOutput cycle = run_event_engine(lowered.workload, accelerator, mapping, Fidelity::cycle, 0, 1);
    CHECK(job.output == functional);
    CHECK(cycle.output == functional);
    CHECK(job.end_time == cycle.end_time);
    CHECK((job.layers == cycle.layers));  // glog would print the vectors
  }
}

}  // namespace
}  // namespace sumline::lowered_pac_test
