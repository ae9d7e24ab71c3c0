// SPDX-License-Identifier: Apache-2.0
#include "energy/adc_laws.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "energy/error.hpp"

namespace sumline {
namespace {

/// The anchor of ISAAC Table I: 8 bits, 2 mW, 1200 um^2, 1.2 GS/s.
AdcCost anchored(AdcLaw law) {
  AdcCost cost;
  cost.law = law;
  cost.reference_bits = 8;
  cost.reference_power = watts(2e-3);
  cost.reference_area = square_metres(1200e-12);
  cost.sample_rate = hertz(1.2e9);
  cost.energy_linear_share = 0.93548595;
  cost.area_linear_share = 0.544846051;
  cost.technology_nm = 32;
  cost.supply_volts = 0.9;
  cost.columns = 128;
  return cost;
}

double picojoules(const AdcFigures& figures) {
  return figures.energy.value() * 1e12;
}
double square_microns(const AdcFigures& figures) {
  return figures.area.value() * 1e12;
}

std::string message(const AdcCost& cost, std::uint32_t bits) {
  try {
    adc_figures(cost, bits);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("the isaac law reproduces the published SAR scaling table within 0.1 %") {
  const std::array<double, 7> energy{0.7863, 0.9879, 1.1962, 1.4180, 1.6667, 1.969078, 2.379023};
  const std::array<double, 7> area{361.04, 476.91, 626.91, 845.18, 1200, 1827.91, 3002.01};
  for (std::uint32_t bits = 4; bits <= 10; ++bits) {
    CAPTURE(bits);
    const AdcFigures figures = adc_figures(anchored(AdcLaw::isaac), bits);
    CHECK(picojoules(figures) == Approx(energy[bits - 4]).epsilon(1e-3));
    CHECK(square_microns(figures) == Approx(area[bits - 4]).epsilon(1e-3));
  }
}

TEST_CASE("the saberi law gives the power of the OU literature") {
  const std::array<double, 9> milliwatts{0.0703, 0.0938, 0.1406, 0.2250, 0.3750, 0.6429, 1.125, 2.0, 3.6};
  for (std::uint32_t bits = 1; bits <= 9; ++bits) {
    CAPTURE(bits);
    const AdcFigures figures = adc_figures(anchored(AdcLaw::saberi), bits);
    CHECK(figures.power.value() * 1e3 == Approx(milliwatts[bits - 1]).margin(5.1e-5));
    CHECK(figures.time.value() == Approx(1 / 1.2e9));
    CHECK(square_microns(figures) == Approx(1200));
  }
  CHECK(adc_figures(anchored(AdcLaw::saberi), 6).power.value() * 1e3 == Approx(0.6425).epsilon(1e-3));  // SRE
  CHECK(picojoules(adc_figures(anchored(AdcLaw::saberi), 5)) == Approx(0.3125));
}

TEST_CASE("at a fixed SAR clock the saberi energy doubles with every bit") {
  AdcCost cost = anchored(AdcLaw::saberi);
  cost.rate = AdcRate::fixed_sar_clock;
  for (std::uint32_t bits = 1; bits <= kMaxAdcBits; ++bits) {
    CAPTURE(bits);
    const AdcFigures figures = adc_figures(cost, bits);
    CHECK(picojoules(figures) == Approx(2.0 / 1.2 * std::exp2(bits - 8.0)).epsilon(1e-12));
    CHECK(1 / figures.time.value() == Approx(1.2e9 * 9 / (bits + 1)).epsilon(1e-12));
  }
}

TEST_CASE("the puma law is linear in power and in time") {
  AdcCost cost = anchored(AdcLaw::puma);
  cost.sample_rate = hertz(1.28e9);
  for (std::uint32_t bits = 1; bits <= kMaxAdcBits; ++bits) {
    CAPTURE(bits);
    const AdcFigures figures = adc_figures(cost, bits);
    CHECK(figures.power.value() == Approx(0.25e-3 * bits).epsilon(1e-12));
    CHECK(128 * figures.time.value() == Approx(12.5e-9 * bits).epsilon(1e-12));
    CHECK(picojoules(figures) == Approx(1.5625 * bits * bits / 64).epsilon(1e-12));
    CHECK(square_microns(figures) == Approx(1200));
  }
}

TEST_CASE("the k1k2 law agrees with hand-computed values at 8 bits, 128 columns and 0.9 V") {
  const AdcFigures figures = adc_figures(anchored(AdcLaw::k1k2), 8);
  CHECK(picojoules(figures) == Approx((0.8 + 0.065536) * 0.81).epsilon(1e-12));  // 0.7011 pJ
  CHECK(figures.time.value() * 1e9 == Approx(8 * (0.83584 + 0.640)).epsilon(1e-12));
  CHECK(square_microns(figures) == Approx(2084.6).epsilon(1e-4));
}

TEST_CASE("the survey regression gives its published golden points") {
  struct Point {
    double node;
    double rate;
    std::uint32_t bits;
    double energy;
    double area;
  };
  const std::array<Point, 8> points{{{32, 1.28e9, 4, 0.9237, 5190},
                                     {32, 1.28e9, 6, 1.0651, 5416},
                                     {32, 1.28e9, 8, 1.9292, 6469},
                                     {32, 1.28e9, 10, 16.418, 12275},
                                     {22, 1e9, 5, 0.4629, 2782},
                                     {22, 1e9, 8, 0.8472, 3334},
                                     {65, 1e8, 8, 6.4945, 11862},
                                     {7, 1e9, 8, 0.0984, 561}}};
  for (const Point& point : points) {
    CAPTURE(point.node, point.rate, point.bits);
    AdcCost cost = anchored(AdcLaw::survey);
    cost.technology_nm = point.node;
    cost.sample_rate = hertz(point.rate);
    const AdcFigures figures = adc_figures(cost, point.bits);
    CHECK(picojoules(figures) == Approx(point.energy).epsilon(5e-4));
    CHECK(square_microns(figures) == Approx(point.area).epsilon(1e-3));
  }
}

TEST_CASE("the anchored laws agree at their anchor") {
  for (const AdcLaw law : {AdcLaw::saberi, AdcLaw::isaac, AdcLaw::puma, AdcLaw::fixed}) {
    const AdcFigures figures = adc_figures(anchored(law), 8);
    CHECK(picojoules(figures) == Approx(1.666667).epsilon(1e-6));
    CHECK(square_microns(figures) == Approx(1200));
  }
}

TEST_CASE(
    "power is energy over time at every resolution of every law, and grows with it where the law is "
    "anchored") {
  for (const AdcLaw law : {AdcLaw::saberi, AdcLaw::isaac, AdcLaw::puma, AdcLaw::k1k2, AdcLaw::survey}) {
    Watt last;
    for (std::uint32_t bits = law == AdcLaw::survey ? 4 : 1; bits <= kMaxAdcBits; ++bits) {
      CAPTURE(static_cast<int>(law), bits);
      const AdcFigures figures = adc_figures(anchored(law), bits);
      CHECK(figures.power.value() == Approx(figures.energy.value() / figures.time.value()).epsilon(1e-12));
      CHECK(figures.power > last);
      last = law == AdcLaw::k1k2 ? Watt{} : figures.power;
    }
  }
}

TEST_CASE("a flash converter has a sense amplifier for each of its thresholds") {
  AdcCost cost = anchored(AdcLaw::flash);
  cost.reference_bits = 1;
  cost.reference_power = watts(1.63e-6);
  cost.reference_area = square_metres(1e-12);
  cost.sample_rate = hertz(1e9);
  const std::array<double, 4> femtojoules{1.63, 4.89, 11.41, 24.45};
  for (std::uint32_t bits = 1; bits <= 4; ++bits) {
    const AdcFigures figures = adc_figures(cost, bits);
    CHECK(picojoules(figures) * 1e3 == Approx(femtojoules[bits - 1]));
    CHECK(figures.time.value() == Approx(1e-9));
    CHECK(square_microns(figures) == Approx((1 << bits) - 1));
  }
}

TEST_CASE("the SAR fit gives the energies of DNN+NeuroSim at 65 and at 22 nm") {
  const auto femtojoules = [](double per_bit, double base, std::uint32_t bits) {
    AdcCost cost = anchored(AdcLaw::sar_fit);
    cost.power_per_bit = watts(per_bit * 1e-6);
    cost.power_base = watts(base * 1e-6);
    cost.comparison_rate = hertz(1e9);
    return picojoules(adc_figures(cost, bits)) * 1e3;
  };
  const std::array<std::uint32_t, 6> bits{1, 2, 3, 4, 6, 8};
  const std::array<double, 6> at_65{59, 100, 148, 204, 338, 503};
  const std::array<double, 6> at_22{9.8, 16.4, 24, 32.6, 53, 78};
  for (std::size_t i = 0; i < bits.size(); ++i) {
    CHECK(femtojoules(3.7506, 25.844, bits[i]) == Approx(at_65[i]).epsilon(0.01));
    CHECK(femtojoules(0.538, 4.3753, bits[i]) == Approx(at_22[i]).epsilon(0.01));
  }
}

TEST_CASE("resolutions where a law does not hold are refused with a way out") {
  CHECK(message(anchored(AdcLaw::saberi), 0) == "ADC of 0 bits: the resolution must be 1..14");
  CHECK(message(anchored(AdcLaw::isaac), 40) == "ADC of 40 bits: the resolution must be 1..14");
  CHECK(message(anchored(AdcLaw::survey), 3) ==
        "ADC of 3 bits: the law \"survey\" holds from 4 bits on; use \"saberi\" or \"isaac\" below");
  CHECK(message(anchored(AdcLaw::fixed), 7) ==
        "ADC of 7 bits: the law \"fixed\" knows 8 bits only; choose a scaling law");
  AdcCost fast = anchored(AdcLaw::survey);
  fast.sample_rate = hertz(2e10);
  CHECK(message(fast, 8) == "ADC of 8 bits: the law \"survey\" holds up to 10 GHz");
}

}  // namespace sumline
