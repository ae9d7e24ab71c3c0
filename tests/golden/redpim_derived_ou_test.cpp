// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "arch/functional_engine.hpp"
#include "configs/accelerator_loader.hpp"
#include "tests/golden/golden_file.hpp"

namespace sumline::test {
namespace {

std::uint32_t extent(const std::vector<std::int64_t>& shape, std::size_t axis) {
  return axis < shape.size() ? static_cast<std::uint32_t>(shape[axis]) : 1;
}

Shape map_shape(const std::vector<std::int64_t>& shape) {
  return {extent(shape, 1), extent(shape, 2), extent(shape, 3)};
}

/// Layer `index` of the reference network alone: its input codes are the images, its accumulators the logits.
Workload single_layer(const GoldenFile& lenet, std::size_t index) {
  const std::string prefix = "L" + std::to_string(index);
  const auto kernel_shape = lenet.shape(prefix + ".wcode");
  Layer layer;
  layer.name = prefix;
  layer.kind = kernel_shape.size() == 4 ? LayerKind::convolution : LayerKind::linear;
  layer.in = map_shape(lenet.shape(prefix + ".xcode"));
  layer.out = map_shape(lenet.shape(prefix + ".acc2"));
  layer.kernel = extent(kernel_shape, 2);
  layer.padding = (layer.out.height + layer.kernel - 1 - layer.in.height) / 2;
  layer.activations = {Encoding::unsigned_binary, static_cast<std::uint32_t>(lenet.integers("bita")[index])};
  layer.weights = {Encoding::mid_rise, static_cast<std::uint32_t>(lenet.integer("bitw"))};
  for (const std::int64_t code : lenet.integers(prefix + ".wcode")) {
    layer.weight_codes.push_back(static_cast<std::uint8_t>(code));
  }
  layer.scale.assign(layer.out.channels, 1.0);
  layer.offset.assign(layer.out.channels, 0.0);
  Workload workload{"lenet", layer.in, layer.activations, {layer}, {}, {}};
  for (const std::int64_t code : lenet.integers(prefix + ".xcode")) {
    workload.image_codes.push_back(static_cast<std::uint8_t>(code));
  }
  workload.labels.assign(workload.image_codes.size() / workload.image.size(), 0);
  validate(workload);
  return workload;
}

Accelerator accelerator(std::int64_t height, std::int64_t width, std::int64_t cell_bits,
                        std::uint32_t adc_bits) {
  Accelerator result = load_accelerator("redpim");
  result.array.cell_bits = static_cast<std::uint32_t>(cell_bits);
  result.ou = {static_cast<std::uint32_t>(height), static_cast<std::uint32_t>(width), Skipping::none, false};
  result.adc.bits = adc_bits;
  return result;
}

EngineOutput run(const Workload& workload, const Accelerator& chip) {
  return run_functional_engine(workload, chip, map_network(workload, chip), 0, workload.images());
}

/// [conversions, reads] of all images.
std::vector<std::int64_t> count(const Workload& workload, Accelerator chip, Skipping skipping,
                                bool skip_zero_columns) {
  chip.ou.skipping = skipping;
  chip.ou.skip_zero_columns = skip_zero_columns;
  const EngineOutput output = run(workload, chip);
  return {static_cast<std::int64_t>(output.ledger.total(Action::adc_conversion)),
          static_cast<std::int64_t>(output.ledger.total(Action::ou_read))};
}

}  // namespace

TEST_CASE("redpim/derived_ou.pt: conversions and reads of every layer, cell and operation unit") {
  const auto lenet = open_golden("redpim/lenet_fixq.pt");
  const auto derived = open_golden("redpim/derived_ou.pt");
  if (!lenet || !derived) return;
  const auto heights = derived->integers("h");
  const auto cells = derived->integers("cell_bits");
  const std::int64_t width = derived->integer("ou_w");
  const auto expected = derived->integers("counts");
  auto next = expected.begin();
  for (std::size_t layer = 0; layer < lenet->integers("bita").size(); ++layer) {
    const Workload workload = single_layer(*lenet, layer);
    for (const std::int64_t cell_bits : cells) {
      for (const std::int64_t height : heights) {
        INFO("layer " << layer << ", cell bits " << cell_bits << ", height " << height);
        const Accelerator chip = accelerator(height, width, cell_bits, 14);
        auto found = count(workload, chip, Skipping::none, false);
        const auto groups = count(workload, chip, Skipping::zero_groups, false);
        const auto compacted = count(workload, chip, Skipping::compaction, false);
        found.insert(found.end(), groups.begin(), groups.end());
        found.insert(found.end(), compacted.begin(), compacted.end());
        found.push_back(count(workload, chip, Skipping::zero_groups, true)[0]);
        CHECK(found == std::vector(next, next + 7));
        next += 7;
      }
    }
  }
  CHECK(next == expected.end());
}

TEST_CASE("redpim/derived_ou.pt: a 5-bit converter saturates where and as much as the reference") {
  const auto lenet = open_golden("redpim/lenet_fixq.pt");
  const auto derived = open_golden("redpim/derived_ou.pt");
  if (!lenet || !derived) return;
  for (std::size_t layer = 0; layer < lenet->integers("bita").size(); ++layer) {
    INFO("layer " << layer);
    const std::string prefix = "L" + std::to_string(layer);
    const Workload workload = single_layer(*lenet, layer);
    const EngineOutput exact = run(workload, accelerator(16, 16, 2, 6));
    const EngineOutput lossy = run(workload, accelerator(16, 16, 2, 5));
    const auto as_golden = [](const EngineOutput& output) {
      return std::vector<std::int64_t>(output.accumulators.begin(), output.accumulators.end());
    };
    CHECK(as_golden(exact) == lenet->integers(prefix + ".acc2"));
    CHECK(exact.saturated[0] == 0);
    CHECK(as_golden(lossy) == derived->integers(prefix + ".acc2_adc5"));
    CHECK(static_cast<std::int64_t>(lossy.saturated[0]) == derived->integer(prefix + ".sat5"));
  }
}

}  // namespace sumline::test
