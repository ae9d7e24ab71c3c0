// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <cmath>
#include <memory>
#include <random>

#include "arch/event_engine.hpp"
#include "arch/functional_engine.hpp"
#include "components/model/readout.hpp"
#include "configs/accelerator_loader.hpp"
#include "nn/lowering.hpp"
#include "nn/operand_codes.hpp"
#include "nn/recalibration.hpp"
#include "nn/staircase_lowering.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/torch_catch.hpp"

namespace sumline::staircase_lowering_test {
namespace {

constexpr std::size_t kImages = 24;

struct Trained {
  NetworkConfig config;
  std::unique_ptr<Network> network;
  std::string bits;
};

/// Random weights, and batch norms that spread the sums over their codes, some of them with negative gains.
Trained random_network(const std::string& name, const std::string& bits,
                       const std::vector<TomlOverride>& set = {}) {
  Trained trained{load_network(name, set), nullptr, bits};
  trained.network = std::make_unique<Network>(trained.config, bits);
  initialize(*trained.network, 3);
  trained.network->eval();
  const at::NoGradGuard no_grad;
  at::manual_seed(1);
  for (NamedTensor& entry : state_of(*trained.network)) {
    const std::string& tensor = entry.name;
    const auto ends_with = [&](const char* part) { return tensor.ends_with(part); };
    if (ends_with("running_var")) entry.tensor.uniform_(200, 900);
    if (ends_with("running_mean")) entry.tensor.normal_(0, 8);
    const bool normalizes =
        tensor.find("bn") != std::string::npos || tensor.find("downsample.1") != std::string::npos;
    if (normalizes && ends_with("weight")) entry.tensor.normal_(0.3, 0.4);
    if (normalizes && ends_with(".bias")) entry.tensor.normal_(0, 0.1);
  }
  return trained;
}

/// Stripes and noise.
Images random_images(const NetworkConfig& config, std::size_t count) {
  std::mt19937 random(5);
  Images images;
  images.channels = config.image.channels;
  images.height = config.image.height;
  images.width = config.image.width;
  for (std::size_t i = 0; i < count * config.image.size(); ++i) {
    images.pixels.push_back(static_cast<std::uint8_t>(random() % 256 / (1 + i / 7 % 3)));
  }
  images.labels.assign(count, 0);
  return images;
}

PixelTable mnist_pixels(std::uint32_t channels) {
  return pixel_table({.pixel_mean = std::vector<double>(channels, 0.1307),
                      .pixel_deviation = std::vector<double>(channels, 0.3081)},
                     channels);
}

at::Tensor forward(Network& network, const Images& images, const PixelTable& pixels) {
  const at::NoGradGuard no_grad;
  const auto count = static_cast<std::int64_t>(images.labels.size());
  const at::Tensor batch = at::empty({count, images.channels, images.height, images.width});
  const std::size_t map = std::size_t{images.height} * images.width;
  for (std::size_t i = 0; i < images.pixels.size(); ++i) {
    batch.data_ptr<float>()[i] = pixels[i / map % images.channels][images.pixels[i]];
  }
  return network.forward(batch);
}

/// One block of a ResNet-20 between its first and last layers: more of them, with random weights, make any small difference a
/// large one.
constexpr const char* kShortResidualNetwork = R"(
name = "short"
source = "test"
image = [3, 32, 32]
activations = "staircase"
weights = "staircase"
weight_limit = 1.0
initialization = "normal-fan-out"
converter = {rows = 128, tile_rows = "reference"}
layers = [
  {name = "conv1", kind = "convolution", channels = 16, kernel = 3, padding = 1, full_precision = true},
  {name = "bn1", kind = "batch-norm"},
  {kind = "hardtanh"},
  {name = "block", kind = "residual-block", channels = 32, stride = 2, downsample = true, activated = false},
  {kind = "average-pool", kernel = 16},
  {name = "bn2", kind = "batch-norm"},
  {kind = "hardtanh"},
  {kind = "flatten"},
  {name = "fc", kind = "linear", channels = 10, full_precision = true},
  {name = "bn3", kind = "batch-norm"},
  {kind = "log-softmax"},
]
)";

/// Puts the weights that a digital unit holds in 8 bits where its codes stand.
void round_full_precision_weights(Network& network) {
  const at::NoGradGuard no_grad;
  for (NamedTensor& entry : state_of(network)) {
    if (entry.name != "conv1.weight" && entry.name != "block.downsample.0.weight" &&
        entry.name != "fc.weight") {
      continue;
    }
    const at::Tensor weights = entry.tensor.to(at::kDouble).contiguous();
    const auto channels = static_cast<std::size_t>(weights.size(0));
    const double* first = weights.data_ptr<double>();
    const ChannelCodes rounded = channel_codes({first, first + weights.numel()}, channels);
    const std::size_t rows = rounded.codes.size() / channels;
    for (std::size_t i = 0; i < rounded.codes.size(); ++i) {
      entry.tensor.data_ptr<float>()[i] =
          static_cast<float>((2 * rounded.codes[i] - 255) * rounded.units[i / rows]);
    }
  }
}

/// With batch norms that were measured, so that maps depend on the image to the end.
Trained short_residual_network(const std::string& bits) {
  const test::TemporaryFolder folder;
  Trained trained = random_network(folder.write("short.toml", kShortResidualNetwork), bits);
  round_full_precision_weights(*trained.network);
  recalibrate(*trained.network, random_images(trained.config, kImages), kImages, mnist_pixels(3));
  return trained;
}

struct Lowered {
  Workload workload;
  Accelerator accelerator;
  Mapping mapping;
  at::Tensor expected;  ///< log-probabilities of the network
};

Lowered lower_random(Trained trained, const std::string& chip, std::size_t images,
                     const std::vector<TomlOverride>& overrides = {}) {
  const PixelTable pixels = mnist_pixels(trained.config.image.channels);
  const Images data = random_images(trained.config, images);
  Accelerator accelerator = load_accelerator(chip, overrides);
  Workload workload = lower_staircases(trained.config, trained.bits, *trained.network,
                                       conversion_of(accelerator.adc), pixels);
  lower_images(workload, data, images, staircase_image_codes(workload.image_format, pixels));
  validate(workload);
  Mapping mapping = map_network(workload, accelerator);
  return {std::move(workload), std::move(accelerator), std::move(mapping),
          forward(*trained.network, data, pixels)};
}

at::Tensor log_probabilities(const EngineOutput& output, std::size_t images) {
  const auto count = static_cast<std::int64_t>(images);
  return at::log_softmax(at::tensor(output.logits, at::kDouble).view({count, -1}), 1);
}

/// Log-probabilities as logits of mean zero.
at::Tensor centred(const at::Tensor& log_probabilities) {
  return log_probabilities - log_probabilities.mean(1, true);
}

/// Conversions of one image, as the arrays of the mapping make them.
std::uint64_t conversions(const Workload& workload, const Mapping& mapping) {
  std::uint64_t total = 0;
  for (std::size_t index = 0; index < workload.layers.size(); ++index) {
    if (!mapping.layers[index]) continue;
    for (const ArrayRegion& region : mapping.layers[index]->regions) {
      total += workload.layers[index].out.positions() * (region.column_end - region.column_begin);
    }
  }
  return total;
}

void check_size(const char* network, std::uint64_t expected_conversions, std::uint32_t expected_arrays) {
  INFO(network);
  const Lowered run = lower_random(random_network(network, "1/1/1"), "sa-cim", 1);
  CHECK(conversions(run.workload, run.mapping) == expected_conversions);
  CHECK(run.mapping.arrays_used == expected_arrays);
}

void check_bit_exact(const char* network, const std::string& bits, const std::string& chip) {
  INFO(network << " " << bits << " on " << chip);
  const Lowered run = lower_random(random_network(network, bits), chip, kImages,
                                   {{"dac.bits", "4"}, {"array.cell_bits", "4"}});
  const EngineOutput output = run_functional_engine(run.workload, run.accelerator, run.mapping, 0, kImages);
  const at::Tensor found = log_probabilities(output, kImages);
  const at::Tensor expected = run.expected.to(at::kDouble);
  CHECK(at::equal(found.argmax(1), expected.argmax(1)));
  CHECK((found - expected).abs().max().item<double>() < 2e-3);  // float32's logits reach thousands
}

}  // namespace

TEST_CASE("Perceptrons on the chip are the trained networks, with the same converter") {
  check_bit_exact("mlp-mnist", "1/1/1", "sa-cim");
  check_bit_exact("mlp-mnist", "1/1/4", "sa-cim-flash4");
  check_bit_exact("mlp-mnist", "1/2/3", "sa-cim-flash3");
  check_bit_exact("mlp-mnist", "1.5/1.5/2", "sa-cim-flash2");
  check_bit_exact("mlp-mnist", "1/4/1", "sa-cim");
  check_bit_exact("mlp-mnist-b", "1/1/1", "sa-cim");
}

TEST_CASE("Conversions and arrays of the perceptron are those of its table") {
  check_size("mlp-mnist", 7720, 64);
  const Lowered run = lower_random(random_network("mlp-mnist", "1/1/1"), "sa-cim", 2);
  const EngineOutput output = run_functional_engine(run.workload, run.accelerator, run.mapping, 0, 2);
  CHECK(output.ledger.total(Action::adc_conversion) == 2 * 7720);
}
TEST_CASE("Conversions and arrays of the residual networks are those of their tables") {
  check_size("res20", 8253440, 549);
  check_size("res18", 7311360, 411);
}
TEST_CASE("Conversions and arrays of VGG9 are those of its table") {
  check_size("vgg9", 36413440, 2258);
}

TEST_CASE("The three computations agree on a perceptron and on a residual network") {
  const auto check_engines = [](const Lowered& run, std::uint64_t images) {
    const EngineOutput functional =
        run_functional_engine(run.workload, run.accelerator, run.mapping, 0, images);
    const EventOutput job =
        run_event_engine(run.workload, run.accelerator, run.mapping, Fidelity::job, 0, images);
    const EventOutput cycle =
        run_event_engine(run.workload, run.accelerator, run.mapping, Fidelity::cycle, 0, images);
    CHECK(job.output == functional);
    CHECK(cycle.output == functional);
    CHECK(job.end_time == cycle.end_time);
  };
  check_engines(lower_random(random_network("mlp-mnist", "1/1/1"), "sa-cim", 2), 2);
  check_engines(lower_random(random_network("res20", "1/1/1", {{"inflate", "1"}}), "sa-cim", 1), 1);
}

TEST_CASE("A residual network on the chip differs from float32 by the 8 bits of its residual path") {
  for (const auto& [bits, chip] : {std::pair{"1/1/1", "sa-cim"}, std::pair{"1/1/4", "sa-cim-flash4"}}) {
    INFO(bits << " on " << chip);
    const Lowered run = lower_random(short_residual_network(bits), chip, kImages);
    const EngineOutput output = run_functional_engine(run.workload, run.accelerator, run.mapping, 0, kImages);
    const at::Tensor found = centred(log_probabilities(output, kImages));
    const at::Tensor expected = centred(run.expected.to(at::kDouble));
    const auto deviation = [&](const at::Tensor& from) {
      return ((found - from).norm() / from.norm()).item<double>();
    };
    CHECK(deviation(expected) < 0.2);           // found: 0.11
    CHECK(deviation(expected.roll(1, 0)) > 1);  // of other images
    CHECK(found.argmax(1).eq(expected.argmax(1)).sum().item<int64_t>() >= 20);
  }
}

TEST_CASE("What has no integer form is refused by name") {
  const PixelTable pixels = mnist_pixels(3);
  for (const char* bits : {"3/1/1", "1.5/1/1"}) {
    const Trained trained = random_network("res20", bits, {{"inflate", "1"}});
    CHECK_THROWS_WITH(
        lower_staircases(trained.config, bits, *trained.network, {1, 128}, pixels),
        Catch::Contains("a map that a residual or a full-precision layer reads as well has 8-bit codes"));
  }
}

}  // namespace sumline::staircase_lowering_test
