// SPDX-License-Identifier: Apache-2.0
#include "configs/peak.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "configs/accelerator_loader.hpp"
#include "configs/cost.hpp"
#include "energy/report.hpp"

namespace sumline {

TEST_CASE("the isaac preset adds up to the published power and area within 0.5 %") {
  const PeakFigures figures = peak_figures(load_accelerator("isaac"));
  CHECK(figures.bank.power.value() == Approx(24.08e-3).epsilon(5e-3));
  CHECK(figures.bank.area.value() == Approx(0.01312e-6).epsilon(5e-3));
  CHECK(figures.tile.power.value() == Approx(329.8e-3).epsilon(5e-3));
  CHECK(figures.tile.area.value() == Approx(0.3723e-6).epsilon(5e-3));
  CHECK(figures.chip.power.value() == Approx(65.8).epsilon(5e-3));
  CHECK(figures.chip.area.value() == Approx(85.4e-6).epsilon(5e-3));
}

TEST_CASE(
    "the isaac preset reaches the published peak throughput, and less where the converter must keep up") {
  const PeakFigures figures = peak_figures(load_accelerator("isaac"));
  const double hand = 168.0 * 12 * 8 * 128 * 16 * 2 / (16 * 100e-9);
  CHECK(hand == Approx(41.29e12).epsilon(5e-4));
  CHECK(figures.operations.value() == Approx(hand).epsilon(1e-12));
  CHECK(figures.sustained_operations.value() == Approx(hand * 100 / (129 / 1.2)).epsilon(1e-12));
}

TEST_CASE("the isaac preset reproduces the SAR scaling table within 0.1 %") {
  const AdcCost cost = load_accelerator("isaac").adc.cost;
  CHECK(adc_figures(cost, 4).energy.value() * 1e12 == Approx(0.7863).epsilon(1e-3));
  CHECK(adc_figures(cost, 8).energy.value() * 1e12 == Approx(1.6667).epsilon(1e-3));
  CHECK(adc_figures(cost, 9).energy.value() * 1e12 == Approx(1.96908).epsilon(1e-3));
  CHECK(adc_figures(cost, 10).energy.value() * 1e12 == Approx(2.37902).epsilon(1e-3));
  CHECK(adc_figures(cost, 5).area.value() * 1e12 == Approx(476.91).epsilon(1e-3));
  CHECK(adc_figures(cost, 9).area.value() * 1e12 == Approx(1827.91).epsilon(1e-3));
}

TEST_CASE("an accelerator of operation units reads an array group by group and block by block") {
  const PeakFigures tall = peak_figures(load_accelerator("redpim"));
  CHECK(tall.operations.value() == Approx(16128.0 * 128 * 32 * 2 / (8 * 8 * 8 * 15.36e-9)).epsilon(1e-12));
  const PeakFigures small = peak_figures(load_accelerator("redpim-ou9x8"));
  CHECK(small.operations.value() == Approx(16128.0 * 128 * 32 * 2 / (8 * 15 * 16 * 12.8e-9)).epsilon(1e-12));
  CHECK(small.sustained_operations.value() == Approx(small.operations.value()).epsilon(1e-12));
  // A slow converter: 8 bitlines take 16 ns, and with the unit column of a group's first block 18 ns.
  const PeakFigures slow = peak_figures(load_accelerator(
      "redpim-ou9x8", {{"adc.sample_rate", "0.5 GHz"}, {"weights.correction", "unit_column"}}));
  const double group = 18e-9 + 15 * 16e-9;
  CHECK(slow.sustained_operations.value() ==
        Approx(16128.0 * 128 * 32 * 2 / (8 * 15 * group)).epsilon(1e-12));
}

TEST_CASE("differential weights take twice the columns at peak") {
  const double offset = peak_figures(load_accelerator("redpim")).operations.value();
  const double pairs =
      peak_figures(load_accelerator("redpim", {{"weights.mapping", "differential"}})).operations.value();
  CHECK(pairs == Approx(offset / 2).epsilon(1e-12));
}

TEST_CASE("the cost table counts the instances of the chip") {
  const Accelerator isaac = load_accelerator("isaac");
  const CostTable costs = cost_table(isaac, 1);
  const std::uint64_t banks = 168 * 12;
  CHECK(costs[Component::dac].instances == banks * 8 * 128);
  CHECK(costs[Component::array].instances == banks * 8);
  CHECK(costs[Component::sample_and_hold].instances == banks * 8 * 128);
  CHECK(costs[Component::adc].instances == banks * 8);
  CHECK(costs[Component::shift_adder].instances == banks * 4);
  CHECK(costs[Component::offset_correction].instances == 0);  // a unit column does its work
  CHECK(costs[Component::input_register].instances == banks);
  CHECK(costs[Component::lut].instances == 168 * 2);
  CHECK(costs[Component::buffer].instances == 168);
  CHECK(costs[Component::router].instances == 42);
  CHECK(costs[Component::external_link].instances == 1);
  CHECK(costs[Component::programming].instances == 0);
  CHECK(cost_table(load_accelerator("redpim"), 1)[Component::offset_correction].instances == banks);
}

TEST_CASE("the area of a run's report is the area of the chip") {
  for (const char* preset : {"isaac", "redpim", "redpim-ou9x8"}) {
    const Accelerator accelerator = load_accelerator(preset);
    const EnergyReport report = report_energy(ActionLedger(1), cost_table(accelerator, 1), Second{});
    CHECK(report.total_area.value() == Approx(peak_figures(accelerator).chip.area.value()).epsilon(1e-12));
  }
}

TEST_CASE("gated tiles leak nothing and leaking ones do") {
  const Accelerator gated = load_accelerator("redpim");
  const Accelerator leaking = load_accelerator("redpim", {{"chip.idle_tiles", "leaking"}});
  const auto leakage = [](const Accelerator& accelerator, std::uint32_t tiles) {
    return report_energy(ActionLedger(1), cost_table(accelerator, tiles), seconds(1)).total_leakage.value();
  };
  const double tile = 0.46e-3 + 2 * 0.152e-3;  // eDRAM and two LUT units
  CHECK(leakage(gated, 1) == Approx(tile));
  CHECK(leakage(gated, 5) == Approx(5 * tile));
  CHECK(leakage(leaking, 1) == Approx(168 * tile));
  CHECK(cost_table(gated, 5)[Component::router].powered == 2);
}

TEST_CASE("every action but the bare read has a price") {
  Accelerator accelerator = load_accelerator("redpim");
  CHECK(cost_table(accelerator, 1)[Action::digital_mac] == Joule{});  // what is not built is not counted
  CHECK(cost_table(accelerator, 1)[Component::digital].instances == 0);
  accelerator.tile.digital = {.per_tile = 16, .time = seconds(1e-9), .cost = {.energy = joules(1e-12)}};
  const CostTable costs = cost_table(accelerator, 1);
  CHECK(costs[Component::digital].instances == 16 * accelerator.chip.tiles);
  const std::set<Action> free{Action::ou_read, Action::cell_product, Action::pac_product,
                              Action::encoder_bit};
  for (std::size_t i = 0; i < kActions; ++i) {
    const auto action = static_cast<Action>(i);
    CAPTURE(name(action));
    CHECK((costs[action] > Joule{}) == !free.contains(action));
  }
  CHECK(costs[Action::adc_conversion].value() * 1e12 == Approx(0.5357).epsilon(1e-4));
  CHECK(costs[Action::cell_activation].value() * 1e15 == Approx(0.28125));
  CHECK(costs[Action::cell_write].value() * 1e12 == Approx(1.289));
}

TEST_CASE("pacim's calibrated peak is the published 14.63 TOPS/W: a consistency check") {
  const PeakFigures peak = peak_figures(load_accelerator("pacim"));
  CHECK(peak.operations.value() / peak.products.power.value() * 1e-12 == Approx(14.63).epsilon(1e-4));
  // 4 banks of 256 rows by 64 filters, 16 cycles of 10 ns per position.
  CHECK(peak.operations.value() == Approx(2.0 * 4 * 256 * 64 / 160e-9));
  CHECK(peak.sustained_operations.value() == Approx(peak.operations.value()));
}

TEST_CASE("dcim takes 64 cycles where pacim takes 16, at the same price per product of bits") {
  const Accelerator dcim = load_accelerator("dcim");
  const Accelerator pacim = load_accelerator("pacim");
  CHECK(peak_figures(pacim).operations.value() == Approx(4 * peak_figures(dcim).operations.value()));
  CHECK(cost_table(dcim, 1)[Action::cell_product].value() == Approx(6.625e-15));
  CHECK(cost_table(pacim, 1)[Action::cell_product].value() == Approx(6.625e-15));
  CHECK(cost_table(pacim, 1)[Action::cell_activation].value() == 0);
}

}  // namespace sumline
