// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "arch/event_engine.hpp"
#include "arch/functional_engine.hpp"
#include "configs/accelerator_loader.hpp"
#include "nn/evaluation.hpp"
#include "nn/min_max_lowering.hpp"

namespace sumline {
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

struct Lowered {
  Network network;
  Workload workload;
  at::Tensor images;
};

/// ResNet-18 of 4 to 32 channels on 16x16 pixels, random weights.
Lowered small_resnet() {
  const NetworkConfig config = load_network("resnet18", {{"inflate", "4"}, {"image", "[3, 16, 16]"}});
  Lowered lowered{Network(config, "8"), {}, {}};
  initialize(lowered.network, 7);
  const Images images = random_images();
  const PixelTable pixels = pixel_values();
  const MapRanges ranges = calibrate(lowered.network, images, kImages, pixels);
  lowered.workload = lower_min_max(config, "8", lowered.network, ranges);
  lower_images(lowered.workload, images, kImages,
               min_max_image_codes(lowered.workload.image_format, ranges.images, pixels));
  validate(lowered.workload);
  std::vector<std::uint32_t> indices{0, 1, 2, 3, 4, 5};
  lowered.images =
      make_batch(images, indices, pixels, config.image, [](std::uint32_t) { return Placement{}; }).images;
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

TEST_CASE("a lowered ResNet gives the logits of inference on dcim and those of simulation on pacim") {
  const at::NoGradGuard no_grad;
  Lowered lowered = small_resnet();
  const auto logits = [&](const Arithmetic& arithmetic) {
    lowered.network.set_arithmetic(arithmetic);
    return lowered.network.forward(lowered.images);
  };
  const at::Tensor exact = logits({.mode = ArithmeticMode::inference});
  const at::Tensor approximate = logits({.mode = ArithmeticMode::simulation, .operand = 4});
  // Static instead of dynamic ranges, and 8-bit codes of the branches that residual blocks add.
  const double exact_error = relative_error(run(lowered.workload, load_accelerator("dcim")), exact);
  const EngineOutput pacim = run(lowered.workload, load_accelerator("pacim"));
  const double error = relative_error(pacim, approximate);
  const double distance = relative_error(pacim, exact);  // what the approximation itself does
  INFO("relative errors of logits: dcim " << exact_error << ", pacim " << error
                                          << ", approximate against exact " << distance);
  CHECK(exact_error < 0.03);
  CHECK(error < 0.6 * distance);
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
}  // namespace sumline
