// SPDX-License-Identifier: Apache-2.0
#include "arch/activity.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "arch/functional_engine.hpp"
#include "configs/accelerator_loader.hpp"
#include "tests/support/workloads.hpp"

namespace sumline::activity_test {
namespace {

/// The first layer of the network in plain loops: windows, bit k of a code, digits of two bits of a weight
/// code.
LayerActivity first_layer_by_hand(const Workload& workload, std::uint32_t group_rows) {
  const Layer& layer = workload.layers.front();
  constexpr std::uint32_t kSums = 128 * 3 + 1;
  constexpr std::uint32_t kSlices = 4;
  LayerActivity activity{
      .name = layer.name, .rows = static_cast<std::uint32_t>(layer.rows()), .weight_slices = kSlices};
  activity.ones.resize(layer.activations.bits);
  activity.partial_sums.resize(layer.activations.bits * kSlices * kSums);
  const auto code = [&](std::uint64_t image, std::size_t row, std::uint32_t y,
                        std::uint32_t x) -> std::uint32_t {
    const std::size_t channel = row / (layer.kernel * layer.kernel);
    const std::size_t line =
        y + row / layer.kernel % layer.kernel - layer.padding;  // wraps where it leaves the image
    const std::size_t column = x + row % layer.kernel - layer.padding;
    if (line >= layer.in.height || column >= layer.in.width) return 0;
    return workload
        .image_codes[((image * layer.in.channels + channel) * layer.in.height + line) * layer.in.width +
                     column];
  };
  for (std::uint64_t image = 0; image < workload.images(); ++image) {
    for (std::uint32_t position = 0; position < layer.out.positions(); ++position) {
      ++activity.vectors;
      for (std::uint32_t bit = 0; bit < layer.activations.bits; ++bit) {
        const auto input = [&](std::size_t row) {
          return code(image, row, position / layer.out.width, position % layer.out.width) >> bit & 1;
        };
        for (std::size_t row = 0; row < layer.rows(); ++row) activity.ones[bit] += input(row);
        for (std::size_t group = 0; group < layer.rows(); group += group_rows) {
          for (std::uint32_t column = 0; column < layer.out.channels * kSlices; ++column) {
            const std::uint32_t slice = column % kSlices;
            std::uint32_t sum = 0;
            for (std::size_t row = group; row < std::min(group + group_rows, layer.rows()); ++row) {
              sum +=
                  input(row) * (layer.weight_codes[column / kSlices * layer.rows() + row] >> 2 * slice & 3);
            }
            ++activity.partial_sums[(bit * kSlices + slice) * kSums + sum];
          }
        }
      }
    }
  }
  return activity;
}

}  // namespace

TEST_CASE("activity: digits and partial sums of the first layer are those of plain loops") {
  const Workload workload = test::small_network(3);
  const Accelerator accelerator = load_accelerator("redpim");
  const Mapping mapping = map_network(workload, accelerator);
  const LayerActivity measured =
      measure_activity(workload, accelerator, mapping, 0, workload.images()).front();
  const LayerActivity expected = first_layer_by_hand(workload, accelerator.ou.rows);
  CHECK(measured.vectors == expected.vectors);
  CHECK(measured.ones == expected.ones);
  const std::size_t histograms = measured.ones.size() * measured.weight_slices;
  const std::size_t measured_sums = measured.partial_sums.size() / histograms;
  const std::size_t expected_sums = expected.partial_sums.size() / histograms;
  for (std::size_t index = 0; index < expected.partial_sums.size(); ++index) {
    const std::size_t sum = index % expected_sums;
    const std::uint64_t seen =
        sum < measured_sums ? measured.partial_sums[index / expected_sums * measured_sums + sum] : 0;
    CHECK(seen == expected.partial_sums[index]);
  }
}

TEST_CASE("activity: every conversion's sum is in the histograms") {
  const Workload workload = test::small_network(2);
  const Accelerator accelerator = load_accelerator("redpim-ou9x8");
  const Mapping mapping = map_network(workload, accelerator);
  const auto activities = measure_activity(workload, accelerator, mapping, 0, workload.images());
  std::uint64_t sums = 0;
  for (const LayerActivity& layer : activities) {
    for (const std::uint64_t count : layer.partial_sums) sums += count;
  }
  const EngineOutput run = run_functional_engine(workload, accelerator, mapping, 0, workload.images());
  CHECK(sums == run.ledger.total(Action::adc_conversion));
}

}  // namespace sumline::activity_test
