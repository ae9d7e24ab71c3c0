// SPDX-License-Identifier: Apache-2.0
#include <oneapi/tbb/global_control.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "arch/functional_engine.hpp"
#include "tests/support/random_graphs.hpp"
#include "tests/support/random_networks.hpp"
#include "tests/support/reference_engine.hpp"
#include "tests/support/reference_workload.hpp"

namespace sumline::functional_reference_test {
namespace {

using namespace test;

constexpr std::uint64_t kImages = 2;

EngineOutput run(const Workload& workload, const Accelerator& accelerator) {
  return run_functional_engine(workload, accelerator, map_network(workload, accelerator), 0,
                               workload.images());
}

/// Every accumulator, count and saturation of the engine against loops that make every conversion.
/// @return saturated conversions
std::uint64_t compare(const Workload& workload, const Accelerator& accelerator) {
  const EngineOutput output = run(workload, accelerator);
  std::vector<ReferenceCounts> sums(workload.layers.size());
  std::vector<std::int32_t> accumulators;
  for (std::uint64_t image = 0; image < workload.images(); ++image) {
    const auto reference = run_crossbars(workload, accelerator, image);
    for (std::size_t layer = 0; layer < reference.size(); ++layer) {
      sums[layer].ou_reads += reference[layer].counts.ou_reads;
      sums[layer].conversions += reference[layer].counts.conversions;
      sums[layer].unit_conversions += reference[layer].counts.unit_conversions;
      sums[layer].wordline_activations += reference[layer].counts.wordline_activations;
      sums[layer].cell_activations += reference[layer].counts.cell_activations;
      sums[layer].saturated += reference[layer].counts.saturated;
    }
    accumulators.insert(accumulators.end(), reference.back().accumulators.begin(),
                        reference.back().accumulators.end());
  }
  CHECK(output.accumulators == accumulators);
  std::uint64_t saturated = 0;
  for (std::size_t layer = 0; layer < sums.size(); ++layer) {
    INFO("layer " << layer);
    const auto count = [&](Action action) { return output.ledger.count(layer, action); };
    CHECK(count(Action::ou_read) == sums[layer].ou_reads);
    CHECK(count(Action::adc_conversion) == sums[layer].conversions);
    CHECK(count(Action::shift_add) == sums[layer].conversions);
    CHECK(count(Action::unit_conversion) == sums[layer].unit_conversions);
    CHECK(count(Action::column_sample) == sums[layer].conversions + sums[layer].unit_conversions);
    CHECK(count(Action::wordline_activation) == sums[layer].wordline_activations);
    CHECK(count(Action::cell_activation) == sums[layer].cell_activations);
    CHECK(output.saturated[layer] == sums[layer].saturated);
    saturated += sums[layer].saturated;
  }
  return saturated;
}

}  // namespace

TEST_CASE("Random networks on random accelerators equal loops that make every conversion") {
  std::uint64_t lossy = 0;
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    INFO("seed " << seed);
    lossy += compare(random_network(seed, kImages), random_accelerator(seed)) > 0 ? 1 : 0;
  }
  CHECK(lossy > 30);
  CHECK(lossy < 120);
}

TEST_CASE("Random residual networks equal loops over their outputs") {
  std::uint64_t lossy = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    INFO("seed " << seed);
    Accelerator accelerator = random_accelerator(seed);
    if (seed % 2 == 0) accelerator.tile.digital.emplace();
    lossy += compare(random_graph(seed, GraphCodes::unsigned_binary, kImages), accelerator) > 0 ? 1 : 0;
  }
  CHECK(lossy > 30);
  CHECK(lossy < 110);
}

TEST_CASE("Random networks of all encodings in digital units equal loops over their outputs") {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    INFO("seed " << seed);
    Accelerator accelerator = random_accelerator(seed);
    accelerator.tile.digital.emplace();
    CHECK(compare(random_graph(seed, GraphCodes::mixed, kImages), accelerator) == 0);
  }
}

TEST_CASE("Converters that lose in most of a block's conversions equal loops that make every conversion") {
  int lossy = 0;
  for (std::uint64_t seed = 300; seed < 312; ++seed) {
    INFO("seed " << seed);
    Accelerator accelerator = random_accelerator(seed);
    accelerator.array.cell_bits = 2;
    accelerator.dac.bits = 1;
    accelerator.ou.rows = std::min(accelerator.array.rows, 24U);
    accelerator.ou.skipping = seed % 2 == 0 ? Skipping::none : Skipping::zero_groups;
    accelerator.adc.bits = 1 + static_cast<std::uint32_t>(seed % 3);
    lossy += compare(random_network(seed, 40), accelerator) > 0 ? 1 : 0;
  }
  CHECK(lossy >= 10);
}

TEST_CASE("Converters that resolve every sum give the workload's own arithmetic") {
  for (std::uint64_t seed = 200; seed < 240; ++seed) {
    INFO("seed " << seed);
    const GraphCodes codes = seed % 3 == 0 ? GraphCodes::mixed : GraphCodes::unsigned_binary;
    const Workload workload =
        seed % 3 == 1 ? random_network(seed, kImages) : random_graph(seed, codes, kImages);
    Accelerator accelerator = random_accelerator(seed);
    accelerator.adc.bits = 14;
    accelerator.tile.lut.mode = LutMode::threshold_search;
    if (codes == GraphCodes::mixed) accelerator.tile.digital.emplace();
    const EngineOutput output = run(workload, accelerator);
    for (std::uint64_t image = 0; image < kImages; ++image) {
      const ReferenceImage reference = run_reference(workload, image);
      const std::size_t classes = reference.logits.size();
      const auto first = output.logits.begin() + static_cast<std::ptrdiff_t>(image * classes);
      CHECK(std::vector(first, first + static_cast<std::ptrdiff_t>(classes)) == reference.logits);
      CHECK(output.predicted[image] == reference.predicted);
    }
  }
}

TEST_CASE("Results do not depend on the number of threads") {
  const Workload workload = random_network(3, 300);
  Accelerator accelerator = random_accelerator(3);
  accelerator.adc.bits = 2;
  std::vector<EngineOutput> outputs;
  for (const std::size_t threads : {1, 2, 5}) {
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, threads);
    outputs.push_back(run(workload, accelerator));
  }
  CHECK(outputs[1] == outputs[0]);
  CHECK(outputs[2] == outputs[0]);
}

TEST_CASE("A range of images gives the same results as the whole set") {
  const Workload workload = random_network(5, 70);
  const Accelerator accelerator = random_accelerator(5);
  const Mapping mapping = map_network(workload, accelerator);
  const EngineOutput all = run(workload, accelerator);
  const EngineOutput tail = run_functional_engine(workload, accelerator, mapping, 33, 70);
  const std::size_t classes = workload.layers.back().out.size();
  CHECK(std::equal(tail.logits.begin(), tail.logits.end(),
                   all.logits.begin() + static_cast<std::ptrdiff_t>(33 * classes)));
  EngineOutput head = run_functional_engine(workload, accelerator, mapping, 0, 33);
  head.ledger.add(tail.ledger);
  CHECK(head.ledger == all.ledger);
}

TEST_CASE("A run stops where its progress callback says so") {
  const Workload workload = random_network(1, 200);
  const Accelerator accelerator = random_accelerator(1);
  std::uint64_t seen = 0;
  const auto stop = [&](std::uint64_t images) {
    seen = images;
    return false;
  };
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, 1);
  CHECK_THROWS_WITH(
      run_functional_engine(workload, accelerator, map_network(workload, accelerator), 0, 200, stop),
      "evaluation: stopped after 32 of 200 images");
  CHECK(seen == 32);
}

}  // namespace sumline::functional_reference_test
