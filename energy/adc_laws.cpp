// SPDX-License-Identifier: Apache-2.0
#include "energy/adc_laws.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "energy/error.hpp"

namespace sumline {
namespace {

/// Energy and rate are given, power follows; or the other way round.
AdcFigures from_energy(Joule energy, Second time, SquareMetre area) {
  return {energy, time, area, energy / time};
}
AdcFigures from_power(Watt power, Second time, SquareMetre area) {
  return {power * time, time, area, power};
}

Second sample_time(const AdcCost& cost, double bits) {
  const double clocks = cost.rate == AdcRate::fixed_sample ? 1.0 : (bits + 1) / (cost.reference_bits + 1);
  return clocks / cost.sample_rate;
}

/// Source: Saberi et al., TCAS-I 2011; the area is kept, as in public models that cite SRE (ISCA 2019).
AdcFigures saberi(const AdcCost& cost, double bits) {
  const auto growth = [](double n) { return std::exp2(n) / (n + 1); };
  return from_power(cost.reference_power * (growth(bits) / growth(cost.reference_bits)),
                    sample_time(cost, bits), cost.reference_area);
}

/// Source: ISAAC (ISCA 2016) section VII: reference buffer, memory and clock grow linearly, the capacitive
/// DAC exponentially.
AdcFigures isaac(const AdcCost& cost, double bits) {
  const double linear = bits / cost.reference_bits;
  const double exponential = std::exp2(bits - cost.reference_bits);
  const auto grown = [&](double share) { return share * linear + (1 - share) * exponential; };
  return from_power(cost.reference_power * grown(cost.energy_linear_share), sample_time(cost, bits),
                    cost.reference_area * grown(cost.area_linear_share));
}

/// Source: puma-simulator include/constants.py.
AdcFigures puma(const AdcCost& cost, double bits) {
  const double linear = bits / cost.reference_bits;
  return from_power(cost.reference_power * linear, linear / cost.sample_rate, cost.reference_area);
}

/// Source: ZigZag-IMC AimcArrayUnit (28 nm fits): k1 = 100 fF, k2 = 1 aF.
AdcFigures k1k2(const AdcCost& cost, double bits) {
  const double farads = 100e-15 * bits + 1e-18 * std::pow(4.0, bits);
  const double nanoseconds = bits * (0.00653 * cost.columns + 0.640);
  const double square_microns = std::pow(10.0, -0.0369 * bits + 1.206) * std::exp2(bits);
  return from_energy(joules(farads * cost.supply_volts * cost.supply_volts), seconds(nanoseconds * 1e-9),
                     square_metres(square_microns * 1e-12));
}

/// Source: Accelergy ADC plug-in, adc_data/model.yaml: regression over the Murmann survey 1997-2023.
AdcFigures survey(const AdcCost& cost, double bits) {
  const double rate = cost.sample_rate.value();
  const double merit_by_rate = 213.7806687 - 2.87190304 * std::log(rate);
  const double merit_by_bits = 128.3068287 + 3.2205115 * bits;
  const double merit = std::min(merit_by_rate, merit_by_bits);
  const double sndr = 20 * std::log10(2.0) * bits + 10 * std::log10(1.5);
  const double technology = std::log(cost.technology_nm);
  const double picojoules =
      0.5 * std::pow(10.0, (sndr - merit) / 10) *
      std::exp(26.04962157 + 1.88003692 * technology - 2.82912561 * std::log(bits) - 1.47020221);
  const double square_microns = std::exp(1.34619164 + 0.99327947 * technology + 0.18071538 * std::log(rate) +
                                         0.29912426 * std::log(picojoules));
  return from_energy(joules(picojoules * 1e-12), 1.0 / cost.sample_rate,
                     square_metres(square_microns * 1e-12));
}

/// Source: as the multilevel sense amplifiers of DNN+NeuroSim: levels - 1 of them per column, side by side.
AdcFigures flash(const AdcCost& cost, double bits) {
  const double comparators = (std::exp2(bits) - 1) / (std::exp2(cost.reference_bits) - 1);
  return from_power(cost.reference_power * comparators, 1.0 / cost.sample_rate,
                    cost.reference_area * comparators);
}

/// Source: DNN+NeuroSim V1.4 SarADC (Peng et al., TCAD 2021), without the power that a column draws from it.
AdcFigures sar_fit(const AdcCost& cost, double bits) {
  return from_power(cost.power_per_bit * bits + cost.power_base, (bits + 1) / cost.comparison_rate,
                    cost.reference_area);
}

void require(bool holds, std::uint32_t bits, const std::string& rule) {
  if (!holds) throw Error(fmt::format("ADC of {} bits: {}", bits, rule));
}

}  // namespace

AdcFigures adc_figures(const AdcCost& cost, std::uint32_t bits) {
  require(bits >= 1 && bits <= kMaxAdcBits, bits, fmt::format("the resolution must be 1..{}", kMaxAdcBits));
  switch (cost.law) {
    case AdcLaw::saberi:
      return saberi(cost, bits);
    case AdcLaw::isaac:
      return isaac(cost, bits);
    case AdcLaw::puma:
      return puma(cost, bits);
    case AdcLaw::k1k2:
      return k1k2(cost, bits);
    case AdcLaw::survey:
      require(bits >= 4, bits, "the law \"survey\" holds from 4 bits on; use \"saberi\" or \"isaac\" below");
      require(cost.sample_rate <= hertz(1e10), bits, "the law \"survey\" holds up to 10 GHz");
      return survey(cost, bits);
    case AdcLaw::fixed:
      require(bits == cost.reference_bits, bits,
              fmt::format("the law \"fixed\" knows {} bits only; choose a scaling law", cost.reference_bits));
      return from_power(cost.reference_power, 1.0 / cost.sample_rate, cost.reference_area);
    case AdcLaw::flash:
      return flash(cost, bits);
    case AdcLaw::sar_fit:
      return sar_fit(cost, bits);
  }
  SUMLINE_ASSERT(false, "unknown ADC law");
}

}  // namespace sumline
