// SPDX-License-Identifier: Apache-2.0
#include "components/model/array_model.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "configs/accelerator_loader.hpp"

namespace sumline::array_model_test {
namespace {

constexpr std::uint32_t kRows = 45;
constexpr std::uint32_t kOutputs = 9;

std::vector<std::uint8_t> random_codes(std::size_t size, std::uint32_t bits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::uint8_t> codes(size);
  for (std::uint8_t& code : codes) {
    code = static_cast<std::uint8_t>(random() % (1U << bits));
  }
  return codes;
}

/// All codes of the format; a mid-rise one also leaves wordlines undriven.
std::vector<std::uint8_t> random_codes(std::size_t size, const CodeFormat& format, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::uint32_t codes = format.levels() + (format.encoding == Encoding::mid_rise ? 1 : 0);
  std::vector<std::uint8_t> drawn(size);
  for (std::uint8_t& code : drawn) code = static_cast<std::uint8_t>(random() % codes);
  return drawn;
}

struct Setup {
  Accelerator accelerator = load_accelerator("redpim");
  CodeFormat weights{Encoding::mid_rise, 8};
  CodeFormat inputs{Encoding::unsigned_binary, 5};
  std::vector<std::uint8_t> weight_codes = random_codes(kRows * kOutputs, 8, 1);

  ArrayModel array(RowRange rows, std::uint32_t column_begin, std::uint32_t column_end) const {
    return ArrayModel(accelerator, {rows, column_begin, column_end}, weight_codes, kRows, slicing(),
                      {inputs, accelerator.dac.bits});
  }
  WeightSlicing slicing() const {
    return {accelerator.weights.mapping, weights, accelerator.array.cell_bits};
  }
};

/// What the cycle-level engine does: read by read, bitline by bitline. @return conversions that lose
std::uint64_t walk_reads(const ArrayModel& array, const BitPlanes& planes,
                         std::span<std::int32_t> accumulators) {
  std::uint64_t lost = 0;
  std::int32_t input_sum = 0;
  std::vector<std::uint64_t> active;
  std::vector<RowRange> groups;
  for (std::uint32_t digit = 0; digit < array.activations().digits; ++digit) {
    array.active_wordlines(planes, digit, active);
    wordline_groups(array.ou().skipping, array.ou().rows, active, array.rows(), groups);
    for (const RowRange& group : groups) {
      for (std::uint32_t begin = 0; begin < array.columns(); begin += array.ou().columns) {
        std::vector<std::int32_t> sums(std::min(array.ou().columns, array.columns() - begin));
        std::vector<DrivenWordline> driven(group.size());
        driven.resize(array.drive(planes, digit, group, driven));
        array.ou_sums(driven, begin, sums);
        for (std::uint32_t index = 0; index < sums.size(); ++index) {
          const std::int32_t code = array.readout()(sums[index]);
          lost += array.readout().saturates(sums[index]) ? 1 : 0;
          array.shift_and_add(digit, begin + index, code, accumulators);
        }
      }
      auto sum = static_cast<std::int32_t>(array.input_sum(planes, digit, group));
      if (array.has_unit_column()) {
        lost += array.readout()(sum) != sum ? 1 : 0;
        sum = array.readout()(sum);
      }
      input_sum += sum << (digit * array.activations().digit_bits);
    }
  }
  array.correct_offset(input_sum, accumulators);
  return lost;
}

void compare(const Setup& setup) {
  const auto bitlines = static_cast<std::uint32_t>(kOutputs * setup.slicing().slices.size());
  const ArrayModel array = setup.array({3, 40}, 5, std::min(31U, bitlines));
  BitPlanes planes;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto codes = random_codes(array.rows(), setup.inputs, seed);
    array.activations().split(codes, planes);
    std::vector<std::int32_t> whole(array.outputs(), 7);
    std::vector<std::int32_t> reads(array.outputs(), 7);
    CHECK(array.accumulate(codes, planes, whole) == walk_reads(array, planes, reads));
    CHECK(whole == reads);
  }
}

}  // namespace

TEST_CASE("Whole arrays equal their reads, lossless and lossy") {
  for (const std::uint32_t adc_bits : {1U, 3U, 5U, 6U, 14U}) {
    for (const std::uint32_t dac_bits : {1U, 2U, 3U}) {
      for (const Skipping skipping : {Skipping::none, Skipping::zero_groups, Skipping::compaction}) {
        for (const OffsetCorrection correction : {OffsetCorrection::digital, OffsetCorrection::unit_column}) {
          Setup setup;
          setup.accelerator.adc.bits = adc_bits;
          setup.accelerator.dac.bits = dac_bits;
          setup.accelerator.ou.skipping = skipping;
          setup.accelerator.weights.correction = correction;
          setup.accelerator.weights.flip = skipping != Skipping::compaction;
          compare(setup);
        }
      }
    }
  }
}

TEST_CASE("Whole arrays of signed cells equal their reads behind every converter") {
  const CodeFormat binary{Encoding::mid_rise, 1};
  const CodeFormat ternary{Encoding::ternary, 2};
  const CodeFormat multi{Encoding::mid_rise, 4};
  for (const CodeFormat& weights : {binary, ternary, multi}) {
    for (const CodeFormat& inputs : {binary, ternary, multi}) {
      for (const ReadoutKind readout : {ReadoutKind::staircase, ReadoutKind::saturating}) {
        for (const std::uint32_t bits : {1U, 2U, 4U, 8U}) {
          Setup setup;
          setup.accelerator.weights = {WeightMapping::signed_cells, OffsetCorrection::digital, false};
          setup.accelerator.array.cell_bits = 4;
          setup.accelerator.dac.bits = 4;
          setup.accelerator.adc.readout = readout;
          setup.accelerator.adc.bits = bits;
          setup.accelerator.adc.full_scale = 10;
          setup.weights = weights;
          setup.inputs = inputs;
          setup.weight_codes = random_codes(kRows * kOutputs, weights.levels() == 3 ? 1 : weights.bits, 1);
          compare(setup);
        }
      }
    }
  }
}

TEST_CASE("Sums beyond 16 bits are read out as they are") {
  Setup setup;
  setup.accelerator.array.cell_bits = 4;
  setup.accelerator.dac.bits = 8;
  setup.accelerator.ou.rows = 128;
  setup.accelerator.adc.bits = 14;
  setup.inputs.bits = 8;
  compare(setup);
}

TEST_CASE("Arrays of one layer add up to the layer's products") {
  Setup setup;
  const auto codes = random_codes(kRows, setup.inputs, 3);
  std::vector<std::int32_t> sums(kOutputs);
  BitPlanes planes;
  for (const RowRange rows : {RowRange{0, 20}, RowRange{20, kRows}}) {
    for (const auto& [begin, end] : {std::pair{0U, 13U}, std::pair{13U, 36U}}) {  // output 3 is split
      const ArrayModel array = setup.array(rows, begin, end);
      const auto part = std::span(codes).subspan(rows.begin, rows.size());
      planes.assign(part, setup.inputs.bits);
      array.accumulate(part, planes, std::span(sums).subspan(array.first_output(), array.outputs()));
    }
  }
  for (std::uint32_t output = 0; output < kOutputs; ++output) {
    std::int32_t expected = 0;
    for (std::uint32_t row = 0; row < kRows; ++row) {
      expected += codes[row] * setup.weights.value(setup.weight_codes[output * kRows + row]);
    }
    CHECK(sums[output] == expected);
  }
}

TEST_CASE("A flipped unit-column array needs one bit less to be lossless") {
  Setup setup;
  setup.accelerator.ou.rows = 128;
  setup.accelerator.weights.correction = OffsetCorrection::unit_column;
  setup.weight_codes.assign(setup.weight_codes.size(),
                            255);  // full cells: 37 rows * 3 = 111 on every bitline
  setup.accelerator.adc.bits = 6;
  setup.accelerator.weights.flip = false;
  CHECK_FALSE(setup.array({3, 40}, 0, 8).lossless());
  setup.accelerator.weights.flip = true;  // the unit column's 37 remain
  CHECK(setup.array({3, 40}, 0, 8).lossless());
  setup.accelerator.adc.bits = 5;
  CHECK_FALSE(setup.array({3, 40}, 0, 8).lossless());
}

TEST_CASE("Weights bound the sums of static groups, not those of compacted wordlines") {
  Setup setup;
  setup.weight_codes.assign(setup.weight_codes.size(), 0b01010101);  // every cell 1: a group of 16 sums to 16
  setup.accelerator.adc.bits = 5;
  CHECK(setup.array({0, kRows}, 0, 36).lossless());
  setup.accelerator.ou.skipping = Skipping::compaction;
  CHECK_FALSE(setup.array({0, kRows}, 0, 36).lossless());
}

TEST_CASE("Counts of a small array by hand") {
  Setup setup;
  setup.accelerator.ou = {.rows = 16, .columns = 16, .skipping = Skipping::none, .skip_zero_columns = false};
  const ArrayModel array = setup.array({0, 40}, 0, 36);  // groups of 16, 16 and 8; blocks of 16, 16 and 4
  std::vector<std::uint8_t> codes(40, 0);
  codes[2] = 0b10001;
  codes[3] = 0b00001;
  codes[20] = 0b00001;
  BitPlanes planes;
  planes.assign(codes, 5);
  CHECK(array.count(planes) == ArrayCounts{.ou_reads = 5 * 3 * 3,
                                           .conversions = 5 * 3 * 36,
                                           .unit_conversions = 0,
                                           .wordline_activations = 4 * 3,
                                           .cell_activations = 4 * 36});
  CHECK(array.counter().count_dense(1, 4) == array.count(planes));

  setup.accelerator.ou.skipping = Skipping::zero_groups;  // bit 0: two groups, bit 4: one
  setup.accelerator.weights.correction = OffsetCorrection::unit_column;
  CHECK(setup.array({0, 40}, 0, 36).count(planes) == ArrayCounts{.ou_reads = 3 * 3,
                                                                 .conversions = 3 * 36,
                                                                 .unit_conversions = 3,
                                                                 .wordline_activations = 4 * 3,
                                                                 .cell_activations = 4 * 37});
  setup.accelerator.ou.skipping = Skipping::compaction;  // bit 0: one group, bit 4: one
  CHECK(setup.array({0, 40}, 0, 36).count(planes).conversions == 2 * 36);
}

TEST_CASE("Empty bitlines and blocks are not read where skip_zero_columns says so") {
  Setup setup;
  setup.accelerator.ou = {.rows = 16, .columns = 4, .skipping = Skipping::none, .skip_zero_columns = true};
  setup.weight_codes.assign(setup.weight_codes.size(), 0);
  setup.weight_codes[2 * kRows + 17] = 0b00000100;  // output 2, second group: slice 1 alone
  BitPlanes planes;
  planes.assign(std::vector<std::uint8_t>(40, 1), 5);
  const ArrayCounts counts = setup.array({0, 40}, 0, 36).count(planes);
  CHECK(counts.ou_reads == 5);
  CHECK(counts.conversions == 5);
  CHECK(counts.wordline_activations == 16);
  CHECK(counts.cell_activations == 16);
}

}  // namespace sumline::array_model_test
