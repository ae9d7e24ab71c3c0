// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "arch/event_engine.hpp"
#include "arch/functional_engine.hpp"
#include "tests/support/random_graphs.hpp"
#include "tests/support/random_networks.hpp"
#include "tests/support/reference_engine.hpp"
#include "tests/support/signed_networks.hpp"

namespace sumline::three_way_test {
namespace {

constexpr std::uint32_t kImages = 3;

/// The accelerator with times and widths of one order, so that transfers, jobs and searches get in each
/// other's way.
Accelerator with_random_times(Accelerator accelerator, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto within = [&](std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(random() % (high - low + 1));
  };
  const auto nanoseconds = [&](std::uint32_t low, std::uint32_t high) {
    return seconds(1e-9 * within(low, high));
  };
  accelerator.array.read_time = nanoseconds(1, 12);
  accelerator.adc.per_array = within(1, 3);
  accelerator.bank.shift_add_time = nanoseconds(0, 3);
  accelerator.chip.tiles = within(1, 3) == 1 ? within(1, 3) : accelerator.chip.tiles;
  accelerator.chip.tiles_per_router = within(1, 4);
  for (LinkConfig* link :
       {&accelerator.tile.bus, &accelerator.chip.router, &accelerator.chip.external_link}) {
    link->width_bits = within(8, 200);
    link->cycle = nanoseconds(1, 5);
  }
  ServiceConfig unused;
  for (ServiceConfig* unit :
       {&accelerator.tile.accumulator, &accelerator.tile.lut.service, &accelerator.tile.max_pool,
        accelerator.tile.digital ? &*accelerator.tile.digital : &unused}) {
    unit->per_tile = within(1, 3);
    unit->time = nanoseconds(1, 4);
  }
  accelerator.mapping.schedule = within(0, 1) == 0 ? Schedule::layer_serial : Schedule::layer_pipelined;
  return accelerator;
}

void check_counts(const ActionLedger& ledger, const ActionLedger& expected) {
  for (std::size_t layer = 0; layer < expected.layers(); ++layer) {
    for (std::size_t index = 0; index < kActions; ++index) {
      const auto action = static_cast<Action>(index);
      INFO("layer " << layer << ", " << name(action));
      CHECK(ledger.count(layer, action) == expected.count(layer, action));
    }
  }
}

/// Against plain loops over every conversion.
void check_reference(const Workload& workload, const Accelerator& accelerator, const EngineOutput& output) {
  const std::size_t classes = output.accumulators.size() / kImages;
  std::vector<test::ReferenceCounts> counts(workload.layers.size());
  for (std::uint64_t image = 0; image < kImages; ++image) {
    const auto layers = test::run_crossbars(workload, accelerator, image);
    for (std::size_t index = 0; index < classes; ++index) {
      CHECK(output.accumulators[image * classes + index] == layers.back().accumulators[index]);
    }
    for (std::size_t layer = 0; layer < layers.size(); ++layer) {
      counts[layer].conversions += layers[layer].counts.conversions;
      counts[layer].saturated += layers[layer].counts.saturated;
    }
  }
  for (std::size_t layer = 0; layer < counts.size(); ++layer) {
    CHECK(output.ledger.count(layer, Action::adc_conversion) == counts[layer].conversions);
    CHECK(output.saturated[layer] == counts[layer].saturated);
  }
}

/// What the draws met.
struct Coverage {
  std::size_t larger_than_chip = 0;
  std::size_t across_tiles = 0;
  std::size_t replicated = 0;
  std::size_t saturating = 0;
};

void check(const Workload& workload, const Accelerator& accelerator, Coverage& coverage) {
  const Mapping mapping = map_network(workload, accelerator);
  const EngineOutput functional = run_functional_engine(workload, accelerator, mapping, 0, kImages);
  const EventOutput job = run_event_engine(workload, accelerator, mapping, Fidelity::job, 0, kImages);
  const EventOutput cycle = run_event_engine(workload, accelerator, mapping, Fidelity::cycle, 0, kImages);

  check_counts(job.output.ledger, functional.ledger);
  check_counts(cycle.output.ledger, functional.ledger);
  CHECK(job.output == functional);
  CHECK(cycle.output == functional);
  CHECK(job.end_time == cycle.end_time);
  CHECK(job.layers == cycle.layers);
  CHECK(job.latency == cycle.latency);
  check_reference(workload, accelerator, job.output);

  const auto any = [](const auto& values, auto test) {
    return std::any_of(values.begin(), values.end(), test);
  };
  coverage.larger_than_chip += mapping.resident() ? 0 : 1;
  coverage.across_tiles += job.output.ledger.total(Action::router_bit) > 0 ? 1 : 0;
  coverage.replicated +=
      any(mapping.layers, [](const auto& layer) { return layer && layer->replicas > 1; }) ? 1 : 0;
  coverage.saturating += any(job.output.saturated, [](std::uint64_t count) { return count > 0; }) ? 1 : 0;
}

void check_draws(std::uint64_t begin) {
  Coverage coverage;
  for (std::uint64_t seed = begin; seed < begin + 60; ++seed) {
    INFO("seed " << seed);
    check(test::random_network(seed, kImages), with_random_times(test::random_accelerator(seed), seed),
          coverage);
  }
  CHECK(coverage.larger_than_chip > 3);
  CHECK(coverage.across_tiles > 10);
  CHECK(coverage.replicated > 10);
  CHECK(coverage.saturating > 10);
}

TEST_CASE("functional, job and cycle engines agree on bits, counts and times: draws 0 to 59") {
  check_draws(0);
}
TEST_CASE("functional, job and cycle engines agree on bits, counts and times: draws 60 to 119") {
  check_draws(60);
}

/// Residual networks, with all their layers on arrays, or the exact ones in digital units.
void check_graphs(std::uint64_t begin, test::GraphCodes codes) {
  Coverage coverage;
  std::size_t digital = 0;
  for (std::uint64_t seed = begin; seed < begin + 60; ++seed) {
    INFO("seed " << seed);
    Accelerator accelerator = test::random_accelerator(seed);
    if (codes == test::GraphCodes::mixed || seed % 2 == 0) accelerator.tile.digital.emplace();
    const Workload workload = test::random_graph(seed, codes, kImages);
    check(workload, with_random_times(accelerator, seed), coverage);
    digital += accelerator.tile.digital ? 1 : 0;
  }
  CHECK(digital >= 30);
  if (codes == test::GraphCodes::mixed) return;
  CHECK(coverage.larger_than_chip > 3);
  CHECK(coverage.across_tiles > 10);
  CHECK(coverage.replicated > 10);
  CHECK(coverage.saturating > 10);
}

TEST_CASE("functional, job and cycle engines agree on residual networks: draws 0 to 59") {
  check_graphs(0, test::GraphCodes::unsigned_binary);
}
TEST_CASE("functional, job and cycle engines agree on residual networks: draws 60 to 119") {
  check_graphs(60, test::GraphCodes::unsigned_binary);
}
TEST_CASE("functional, job and cycle engines agree on exact networks of all encodings: draws 0 to 59") {
  check_graphs(0, test::GraphCodes::mixed);
}

TEST_CASE("functional, job and cycle engines agree on signed cells and staircases") {
  Coverage coverage;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    const Accelerator accelerator = with_random_times(test::signed_accelerator(seed), seed);
    check(test::signed_network(seed, kImages, conversion_of(accelerator.adc)), accelerator, coverage);
  }
  CHECK(coverage.across_tiles > 10);
  CHECK(coverage.saturating > 10);
}

}  // namespace
}  // namespace sumline::three_way_test
