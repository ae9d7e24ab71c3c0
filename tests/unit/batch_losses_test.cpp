// SPDX-License-Identifier: Apache-2.0
#include "components/model/batch_losses.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "configs/accelerator_loader.hpp"
#include "tests/support/simd_targets.hpp"

namespace sumline::batch_losses_test {
namespace {

constexpr std::uint32_t kRows = 60;
constexpr std::uint32_t kOutputs = 16;
constexpr RowRange kTile{7, 52};

std::vector<std::uint8_t> random_codes(std::size_t size, std::uint32_t bits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> codes(size);
  for (std::uint8_t& code : codes) {
    code = static_cast<std::uint8_t>(random() % (1U << bits));
  }
  return codes;
}

struct Losses {
  std::vector<std::int32_t> accumulators;
  std::uint64_t saturated = 0;
  bool operator==(const Losses&) const = default;
};

/// An array in the middle of a layer and input vectors of the whole layer.
struct Setup {
  Accelerator accelerator = load_accelerator("redpim");
  std::uint32_t input_bits = 6;
  std::size_t count = 150;

  ArrayModel array() const {
    const auto codes = random_codes(kRows * kOutputs, 8, 1);
    const WeightSlicing slicing(accelerator.weights.mapping, {Encoding::mid_rise, 8},
                                accelerator.array.cell_bits);
    return ArrayModel(accelerator, {kTile, 5, 31}, codes, kRows, slicing,
                      {{Encoding::unsigned_binary, input_bits}, accelerator.dac.bits});
  }
  std::vector<std::uint8_t> vectors() const { return random_codes(count * kRows, input_bits, 2); }

  Losses one_by_one() const {
    const ArrayModel model = array();
    const auto inputs = vectors();
    Losses losses{std::vector<std::int32_t>(count * kOutputs, 3), 0};
    BitPlanes planes;
    for (std::size_t vector = 0; vector < count; ++vector) {
      planes.assign(std::span(inputs).subspan(vector * kRows + kTile.begin, kTile.size()), input_bits);
      const std::size_t first = vector * kOutputs + model.first_output();
      losses.saturated +=
          model.accumulate_losses(planes, std::span(losses.accumulators).subspan(first, model.outputs()));
    }
    return losses;
  }

  Losses at_once() const {
    const ArrayModel model = array();
    const InputBatch inputs(vectors(), count, kRows, input_bits);
    Losses losses{std::vector<std::int32_t>(count * kOutputs, 3), 0};
    losses.saturated = BatchLosses(model).accumulate(
        inputs, std::span(losses.accumulators).subspan(model.first_output()), kOutputs);
    return losses;
  }
};

}  // namespace

TEST_CASE("Losses made at once equal those found one by one on every SIMD target") {
  for (const std::int64_t target : test::simd_targets()) {
    const test::ForcedSimdTarget forced(target);
    int lossy = 0;
    for (const std::uint32_t adc_bits : {1U, 2U, 3U, 4U, 5U}) {
      for (const std::uint32_t ou_rows : {7U, 16U, 128U}) {
        for (const std::uint32_t cell_bits : {1U, 2U}) {
          for (const OffsetCorrection correction :
               {OffsetCorrection::digital, OffsetCorrection::unit_column}) {
            Setup setup;
            setup.accelerator.adc.bits = adc_bits;
            setup.accelerator.ou.rows = ou_rows;
            setup.accelerator.ou.skipping = ou_rows == 7 ? Skipping::zero_groups : Skipping::none;
            setup.accelerator.array.cell_bits = cell_bits;
            setup.accelerator.weights.correction = correction;
            setup.accelerator.weights.flip = correction == OffsetCorrection::unit_column;
            setup.count = 100 + 10 * adc_bits;  // less and more than a block
            setup.input_bits = 3 + adc_bits;    // one group of planes or two
            INFO(hwy::TargetName(target) << ": " << adc_bits << "-bit ADC, " << ou_rows << " wordlines, "
                                         << cell_bits << "-bit cells");
            REQUIRE(BatchLosses::supports(setup.array()));
            const Losses expected = setup.one_by_one();
            CHECK(setup.at_once() == expected);
            lossy += expected.saturated > 0 ? 1 : 0;
          }
        }
      }
    }
    CHECK(lossy > 40);
  }
}

TEST_CASE("Batches are for static groups of one-bit digits with sums below 256") {
  Setup setup;
  CHECK(BatchLosses::supports(setup.array()));
  setup.accelerator.dac.bits = 2;
  CHECK_FALSE(BatchLosses::supports(setup.array()));
  setup.accelerator.dac.bits = 1;
  setup.accelerator.ou.skipping = Skipping::compaction;
  CHECK_FALSE(BatchLosses::supports(setup.array()));
  setup.accelerator.ou.skipping = Skipping::none;
  setup.accelerator.array.cell_bits = 4;
  setup.accelerator.ou.rows = 128;
  CHECK_FALSE(BatchLosses::supports(setup.array()));
}

}  // namespace sumline::batch_losses_test
