// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "arch/event_engine.hpp"
#include "arch/functional_engine.hpp"
#include "components/model/batch_readout.hpp"
#include "configs/accelerator_loader.hpp"
#include "nn/nn.hpp"
#include "tests/bench/interleaved.hpp"
#include "tests/bench/kernel_timing.hpp"
#include "tests/bench/targets.hpp"
#include "tests/bench/torch_inference.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/workloads.hpp"

namespace sumline::bench {
namespace {

constexpr std::uint64_t kFunctionalImages = 10000;
constexpr std::uint64_t kJobImages = 200;
constexpr std::uint64_t kCycleImages = 100;

std::function<void()> functional(const Workload& workload, const Accelerator& accelerator) {
  return [&workload, &accelerator, mapping = map_network(workload, accelerator)] {
    run_functional_engine(workload, accelerator, mapping, 0, workload.images());
  };
}

void print_kernels() {
  KernelShape shape{.rows = 128, .columns = 512};
  const std::vector<std::int32_t> table = saturating_table(shape, 6);
  const std::string target = simd_target();
  const std::string unit = reads_by_matrix() ? " and matrix unit" : "";
  const Rate rate = batch_read_out_rate(shape, table);
  print("partial-sum kernel with read-out, " + target + unit, rate.median, "conversions/s",
        target == "AVX2" ? ">= 2e+09" : ">= 1.2e+10");
  print("the same, fastest of 15 slices of 20 ms", rate.fastest, "conversions/s", "");
  shape.matrix_unit = false;
  print("the same on vector units alone", batch_read_out_rate(shape, table).median, "conversions/s", "");
  print("the same in plain loops", plain_read_out_rate(shape, table), "conversions/s", "reference");
}

void print_functional(int repetitions) {
  const Workload workload = test::lenet_workload(kFunctionalImages);
  const Accelerator lossless = load_accelerator("redpim");
  Accelerator saturating = lossless;
  saturating.adc.bits = 5;
  const auto times =
      compare({lenet_float_inference(kFunctionalImages, 128), lenet_float_inference(kFunctionalImages, 1000),
               functional(workload, lossless), functional(workload, saturating)},
              repetitions);
  const double torch = std::min(times[0], times[1]);
  print("LibTorch float32 inference, 10000 LeNet images", torch, "s", "reference");
  print("functional engine, lossless", times[2], "s", "");
  print("functional engine, saturating 5-bit ADC", times[3], "s", "");
  print("lossless / LibTorch", times[2] / torch, "x", "<= 3");
  print("saturating / LibTorch", times[3] / torch, "x", "<= 10");
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  print("peak memory, LibTorch included", static_cast<double>(usage.ru_maxrss) / 1024, "MiB", "< 1024");
}

void print_event(int repetitions) {
  const Workload workload = test::lenet_workload(kJobImages);
  const Accelerator accelerator = load_accelerator("redpim");
  const Mapping mapping = map_network(workload, accelerator);
  std::uint64_t reads = 0;
  const auto times =
      compare({[&] { run_event_engine(workload, accelerator, mapping, Fidelity::job, 0, kJobImages); },
               [&] { run_event_engine(workload, accelerator, mapping, Fidelity::cycle, 0, 1); },
               [&] {
                 const EventOutput run =
                     run_event_engine(workload, accelerator, mapping, Fidelity::cycle, 0, kCycleImages);
                 reads = run.output.ledger.total(Action::ou_read);
               }},
              repetitions);
  print("event engine, fidelity job", static_cast<double>(kJobImages) / times[0], "images/s", ">= 200");
  print("event engine, set-up and one image, cycle", times[1], "s", "");
  print("event engine, fidelity cycle", static_cast<double>(reads) / times[2], "OU reads/s", ">= 3e+06");
}

/// One epoch of 20 000 images in batches of 128, evaluation left out.
double epoch_seconds(const std::string& bits) {
  const test::TemporaryFolder folder;
  const Recipe recipe = load_recipe("lenet5-digits", {{"bits", bits}, {"epochs", "1"}, {"batch", "128"}});
  TrainOptions options;
  options.run = folder.path() / "run";
  return train(recipe, options).last.seconds;
}

void print_training(int repetitions) {
  std::vector<double> quantised;
  std::vector<double> plain;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    quantised.push_back(epoch_seconds("54867"));
    plain.push_back(epoch_seconds("float"));
  }
  print("training epoch, LeNet-5 bits 54867, 20000 images", median(quantised), "s", "");
  print("training epoch, plain float32 LeNet-5", median(plain), "s", "reference");
  print("quantised / float32 epoch", median(quantised) / median(plain), "x", "<= 2.5");
}

}  // namespace

void print_lenet_targets(int repetitions) {
  print_kernels();
  print_functional(repetitions);
  print_event(repetitions);
  print_training(repetitions);
}

}  // namespace sumline::bench
