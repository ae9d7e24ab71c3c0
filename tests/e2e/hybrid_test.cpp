// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "arch/event_engine.hpp"
#include "arch/functional_engine.hpp"
#include "configs/accelerator_loader.hpp"
#include "configs/cost.hpp"
#include "energy/report.hpp"
#include "tests/support/pac_networks.hpp"

namespace sumline::hybrid_test {
namespace {

constexpr std::uint64_t kImages = 2;

/// The preset "pacim" with small arrays, short times and few units, so that everything has remainders and gets in
/// each other's way.
Accelerator random_hybrid(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto within = [&](std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(random() % (high - low + 1));
  };
  Accelerator accelerator = load_accelerator("pacim");
  accelerator.array.rows = within(49, 120);
  accelerator.array.columns = within(8, 80);
  accelerator.ou.rows = within(1, accelerator.array.rows);
  accelerator.ou.columns = within(1, std::min(12U, accelerator.array.columns));
  accelerator.bank.arrays = within(1, 4);
  accelerator.tile.banks = within(1, 4);
  accelerator.chip.tiles = within(1, 2) == 1 ? within(1, 3) : 200;
  accelerator.tile.bus.width_bits = within(8, 200);
  accelerator.tile.bus.cycle = seconds(1e-9 * within(1, 9));
  accelerator.tile.accumulator.per_tile = within(1, 8);
  accelerator.tile.lut.service.per_tile = within(1, 8);
  accelerator.approximation->engine.per_tile = within(1, 8);
  accelerator.approximation->engine.time = seconds(1e-9 * within(1, 9));
  accelerator.mapping.schedule = within(0, 1) == 0 ? Schedule::layer_serial : Schedule::layer_pipelined;
  accelerator.mapping.replication = within(0, 1) == 0 ? Replication::none : Replication::balance;
  return accelerator;
}

struct Runs {
  Mapping mapping;
  EngineOutput functional;
  EventOutput job;
  EventOutput cycle;
};

Runs check_engines(const Workload& workload, const Accelerator& accelerator) {
  const std::uint64_t images = workload.images();
  Mapping mapping = map_network(workload, accelerator);
  EngineOutput functional = run_functional_engine(workload, accelerator, mapping, 0, images);
  EventOutput job = run_event_engine(workload, accelerator, mapping, Fidelity::job, 0, images);
  EventOutput cycle = run_event_engine(workload, accelerator, mapping, Fidelity::cycle, 0, images);
  for (std::size_t layer = 0; layer < workload.layers.size(); ++layer) {
    for (std::size_t index = 0; index < kActions; ++index) {
      const auto action = static_cast<Action>(index);
      INFO("layer " << layer << ", " << name(action));
      CHECK(job.output.ledger.count(layer, action) == functional.ledger.count(layer, action));
      CHECK(cycle.output.ledger.count(layer, action) == functional.ledger.count(layer, action));
    }
  }
  CHECK(job.output == functional);
  CHECK(cycle.output == functional);
  CHECK(job.end_time == cycle.end_time);
  CHECK(job.layers == cycle.layers);
  return {std::move(mapping), std::move(functional), std::move(job), std::move(cycle)};
}

void check_reference(const Workload& workload, const Accelerator& accelerator, const EngineOutput& output) {
  const std::size_t classes = output.accumulators.size() / workload.images();
  for (std::uint64_t image = 0; image < workload.images(); ++image) {
    const auto expected = test::pac_reference(workload, accelerator, image);
    for (std::size_t index = 0; index < classes; ++index) {
      CHECK(output.accumulators[image * classes + index] == expected[index]);
    }
  }
}

TEST_CASE("hybrid banks: engines and definition agree for every operand") {
  for (std::uint64_t seed = 0; seed < 36; ++seed) {
    INFO("seed " << seed);
    Accelerator accelerator = random_hybrid(seed);
    accelerator.approximation->operand = static_cast<std::uint32_t>(seed % 9);
    accelerator.approximation->segments = seed % 2 == 1;
    const std::uint32_t weight_bits = accelerator.approximation->operand > 4 ? 8 : 4 + 4 * (seed / 9 % 2);
    const Workload workload = test::random_pac_network(seed, kImages, weight_bits, 8);
    const Runs runs = check_engines(workload, accelerator);
    check_reference(workload, accelerator, runs.functional);
  }
}

TEST_CASE("hybrid banks: engines and definition agree with dynamic workload configuration") {
  PacClassCounts met{};
  for (std::uint64_t seed = 100; seed < 124; ++seed) {
    INFO("seed " << seed);
    Accelerator accelerator = random_hybrid(seed);
    accelerator.approximation->dynamic = true;
    accelerator.approximation->thresholds = {25000, 45000, 65000};
    accelerator.approximation->segments = seed % 2 == 1;
    const Workload workload = test::random_pac_network(seed, kImages, 8, 8);
    const Runs runs = check_engines(workload, accelerator);
    check_reference(workload, accelerator, runs.functional);
    for (const PacClassCounts& layer : runs.functional.pac_classes) {
      std::transform(met.begin(), met.end(), layer.begin(), met.begin(), std::plus<>());
    }
  }
  for (const std::uint64_t positions : met) CHECK(positions > 20);
}

/// Two 3x3 convolutions of 64 channels on an 8x8 map, as in a residual block, and the classifier.
Workload residual_slice() {
  return test::pac_network({64, 8, 8},
                           {{.outputs = 64, .kernel = 3, .padding = 1},
                            {.outputs = 64, .kernel = 3, .padding = 1},
                            {.kind = LayerKind::linear, .outputs = 10}},
                           1, 5);
}

TEST_CASE("pacim reads a quarter of what dcim reads, with all engines in agreement") {
  const Workload workload = residual_slice();
  const Runs pacim = check_engines(workload, load_accelerator("pacim"));
  const Runs dcim = check_engines(workload, load_accelerator("dcim"));
  const std::uint64_t tiles = 3;  // 576 rows in arrays of 256
  for (std::size_t layer = 0; layer < 2; ++layer) {
    CHECK(pacim.functional.ledger.count(layer, Action::ou_read) == 64 * tiles * 16);
    CHECK(dcim.functional.ledger.count(layer, Action::ou_read) == 64 * tiles * 64);
    CHECK(pacim.functional.ledger.count(layer, Action::cell_product) == 64 * 576 * 64 * 16);
    CHECK(dcim.functional.ledger.count(layer, Action::cell_product) == 64 * 576 * 64 * 64);
    CHECK(pacim.functional.ledger.count(layer, Action::pac_product) == 64 * 64 * 2);
    // Banks at work: 16 and 64 cycles of 10 ns per position and bank.
    CHECK(pacim.job.layers[layer].busy == 64 * tiles * 160'000'000ULL);
    CHECK(dcim.job.layers[layer].busy == 64 * tiles * 640'000'000ULL);
  }
}

TEST_CASE("dynamic classes take 10, 13, 15 and 16 cycles and 8, 5, 3 and 2 scalar products per output") {
  Accelerator accelerator = load_accelerator("pacim");
  accelerator.approximation->dynamic = true;
  const double low = 1e8;
  const struct {
    std::array<double, 3> thresholds;
    std::size_t pac_class;
    std::uint64_t cycles;
    std::uint64_t products;
  } cases[]{
      {{low, low, low}, 0, 10, 8}, {{0, low, low}, 1, 13, 5}, {{0, 0, low}, 2, 15, 3}, {{0, 0, 0}, 3, 16, 2}};
  const Workload workload = residual_slice();
  for (const auto& [thresholds, pac_class, cycles, products] : cases) {
    accelerator.approximation->thresholds = thresholds;
    const Runs runs = check_engines(workload, accelerator);
    CHECK(runs.functional.pac_classes[0][pac_class] == 64);
    CHECK(runs.functional.ledger.count(0, Action::ou_read) == 64 * 3 * cycles);
    CHECK(runs.functional.ledger.count(0, Action::pac_product) == 64 * 64 * products);
    CHECK(runs.job.layers[0].busy == 64 * 3 * cycles * 10'000'000ULL);
    CHECK(runs.functional.ledger.count(2, Action::ou_read) == 16 * 16);  // a linear layer: always 16
  }
}

TEST_CASE("activation memory keeps nibbles and counts: 39 to 48 percent less traffic") {
  const struct {
    std::uint32_t channels;
    double saving;
  } cases[]{{64, 0.391}, {128, 0.438}, {256, 0.465}, {512, 0.480}};
  for (const auto& [channels, saving] : cases) {
    const Workload workload = test::pac_network(
        {channels, 3, 3}, {{.outputs = 64}, {.kind = LayerKind::linear, .outputs = 2}}, 1, channels);
    const Runs pacim = check_engines(workload, load_accelerator("pacim"));
    const Runs dcim = check_engines(workload, load_accelerator("dcim"));
    for (const Action action : {Action::buffer_write_bit, Action::buffer_read_bit}) {
      INFO(channels << " channels, " << name(action));
      const auto bits = [&](const Runs& runs) {
        return static_cast<double>(runs.functional.ledger.count(0, action));
      };
      CHECK(1 - bits(pacim) / bits(dcim) == Approx(saving).margin(0.0005));
    }
    CHECK(pacim.functional.ledger.count(0, Action::encoder_bit) == 9 * 8 * channels);
  }
}

TEST_CASE("a counted run at the operating point costs what the calibrated peak says") {
  const Accelerator accelerator = load_accelerator("pacim");
  const Workload workload =
      test::pac_network({1024, 1, 1}, {{.kind = LayerKind::linear, .outputs = 64}}, 1, 1024);
  const Runs runs = check_engines(workload, accelerator);
  const EnergyReport report = report_energy(runs.functional.ledger, cost_table(accelerator, 1), seconds(0));
  Joule products{};
  for (const Component component :
       {Component::array, Component::dac, Component::adc, Component::sample_and_hold, Component::shift_adder,
        Component::input_register, Component::output_register, Component::accumulator, Component::pac_engine,
        Component::sparsity_encoder}) {
    products += report.energy(component);
  }
  CHECK(2 * 1024 * 64 / products.value() * 1e-12 == Approx(14.63).epsilon(1e-4));
}

}  // namespace
}  // namespace sumline::hybrid_test
