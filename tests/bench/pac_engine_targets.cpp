// SPDX-License-Identifier: Apache-2.0
#include <ATen/ATen.h>
#include <sys/resource.h>

#include <algorithm>
#include <functional>

#include "arch/event_engine.hpp"
#include "arch/functional_engine.hpp"
#include "configs/accelerator_loader.hpp"
#include "nn/min_max_lowering.hpp"
#include "tests/bench/interleaved.hpp"
#include "tests/bench/targets.hpp"
#include "tests/support/pac_networks.hpp"

namespace sumline::bench {
namespace {

/// What one more image takes: run(images) with 1 and with 1 + `more` images.
double seconds_per_image(const std::function<void(std::uint64_t images)>& run, std::uint64_t more,
                         int repetitions) {
  const auto medians = compare({[&] { run(1); }, [&] { run(1 + more); }}, repetitions);
  return (medians[1] - medians[0]) / static_cast<double>(more);
}

void print_functional_layer(int repetitions) {
  constexpr std::uint64_t kImages = 32;
  const Workload workload = test::pac_network({64, 32, 32},
                                              {{.outputs = 64, .kernel = 3, .padding = 1},
                                               {.outputs = 1, .kernel = 1, .stride = 16},
                                               {.kind = LayerKind::linear, .outputs = 2}},
                                              1 + kImages, 1);
  const at::Tensor x = at::relu(at::randn({1, 64, 32, 32})).contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor filters = at::randn({64, 64, 3, 3}).contiguous(at::MemoryFormat::ChannelsLast);
  const Accelerator fixed_pairs = load_accelerator("pacim");
  Accelerator dynamic_pairs = fixed_pairs;
  dynamic_pairs.approximation->dynamic = true;
  dynamic_pairs.approximation->thresholds = {30000, 45000, 60000};  // uniform codes: every class occurs
  const auto run = [&](const Accelerator& accelerator, std::uint64_t images) {
    return [&workload, &accelerator, images, mapping = map_network(workload, accelerator)] {
      run_functional_engine(workload, accelerator, mapping, 0, images);
    };
  };
  const auto convolve = [&] {
    for (std::uint64_t i = 0; i < kImages; ++i) at::conv2d(x, filters, {}, 1, 1);
  };
  const auto medians = compare({convolve, run(fixed_pairs, 1), run(fixed_pairs, 1 + kImages),
                                run(dynamic_pairs, 1), run(dynamic_pairs, 1 + kImages)},
                               repetitions);
  const double torch = medians[0] / kImages;
  const double fixed = (medians[2] - medians[1]) / kImages;
  const double dynamic = (medians[4] - medians[3]) / kImages;
  print("functional engine, that layer on pacim", fixed * 1e3, "ms", "");
  print("functional engine / LibTorch", fixed / torch, "x", "<= 1");
  print("functional engine, dynamic / LibTorch", dynamic / torch, "x", "<= 3");
}

void print_engines(int repetitions) {
  constexpr std::uint64_t kImages = 5;
  const NetworkConfig config = load_network("resnet18");
  Network network(config, "8");
  initialize(network, 1);
  Images images{.channels = 3, .height = 32, .width = 32, .classes = 10, .pixels = {}, .labels = {}};
  images.labels.assign(kImages, 0);
  for (std::size_t i = 0; i < kImages * images.image_size(); ++i) {
    images.pixels.push_back(static_cast<std::uint8_t>(i * 2654435761U >> 7));
  }
  const PixelTable pixels = pixel_table(DataConfig{}, 3);
  const MapRanges ranges = calibrate(network, images, kImages, pixels);
  Workload workload = lower_min_max(config, "8", network, ranges);
  lower_images(workload, images, kImages, min_max_image_codes(workload.image_format, ranges.images, pixels));
  const Accelerator accelerator = load_accelerator("pacim");
  const Mapping mapping = map_network(workload, accelerator);
  print("functional engine, ResNet-18 image on pacim",
        seconds_per_image(
            [&](std::uint64_t count) { run_functional_engine(workload, accelerator, mapping, 0, count); },
            kImages - 1, repetitions),
        "s", "< 0.05");
  print("event engine, job, ResNet-18 image on pacim",
        seconds_per_image(
            [&](std::uint64_t count) {
              run_event_engine(workload, accelerator, mapping, Fidelity::job, 0, count);
            },
            1, std::max(1, repetitions / 5)),
        "s", "< 1");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  print("peak memory, LibTorch and all engines", static_cast<double>(usage.ru_maxrss) / 1024, "MiB",
        "< 2048");
}

}  // namespace

void print_pac_engine_targets(int repetitions) {
  const at::NoGradGuard no_grad;
  print_functional_layer(repetitions);
  print_engines(std::max(1, repetitions / 3));
}

}  // namespace sumline::bench
