// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "energy/units.hpp"

/// How the energy, area and conversion time of a converter depend on its resolution.
namespace sumline {

inline constexpr std::uint32_t kMaxAdcBits = 14;

enum class AdcLaw : std::uint8_t {
  saberi,  ///< P(n) = P_ref * g(n) / g(ref), g(n) = 2^n / (n + 1): binary-weighted SAR at a constant SAR clock
  isaac,  ///< P(n) = P_ref * [share * n / ref + (1 - share) * 2^(n - ref)]: linear periphery + exponential capacitive DAC
  puma,   ///< P(n) = P_ref * n / ref and time proportional to n, so energy goes with n^2
  k1k2,   ///< E = (k1 n + k2 4^n) Vdd^2, with the delay and area fits of ZigZag-IMC
  survey,  ///< regression over the Murmann survey 1997-2023 (accelergy ADC plug-in)
  fixed,   ///< the reference figures, at the reference resolution only
  flash,   ///< 2^n - 1 comparators that decide at once: sense amplifiers, one for each threshold
  sar_fit,  ///< P = power_per_bit n + power_base, one comparison per bit and one to sample (DNN+NeuroSim V1.4's fit)
};

/// What is held while the resolution changes.
enum class AdcRate : std::uint8_t {
  fixed_sample,     ///< conversions per second
  fixed_sar_clock,  ///< comparisons per second: f_s(n) = f_s(ref) * (ref + 1) / (n + 1)
};

/// Scaling law and its anchor, a table of the preset. Fields that a law does not use are absent from the preset (zero here).
struct AdcCost {
  AdcLaw law = AdcLaw::saberi;
  AdcRate rate = AdcRate::fixed_sample;
  std::uint32_t reference_bits = 0;
  Watt reference_power;
  SquareMetre reference_area;
  Hertz sample_rate;               ///< of one converter at reference_bits
  double energy_linear_share = 0;  ///< isaac, 0..1
  double area_linear_share = 0;    ///< isaac, 0..1
  double technology_nm = 0;        ///< survey
  double supply_volts = 0;         ///< k1k2
  std::uint32_t columns = 0;       ///< k1k2: bitlines, for its delay
  Watt power_per_bit;              ///< sar_fit
  Watt power_base;                 ///< sar_fit
  Hertz comparison_rate;           ///< sar_fit
  Watt leakage;                    ///< of one converter
  std::string source;
};

struct AdcFigures {
  Joule energy;      ///< of one conversion
  Second time;       ///< of one conversion
  SquareMetre area;  ///< of one converter
  Watt power;        ///< of one converter that never rests = energy / time
};

/// @param bits 1..14 @throws Error if the law does not hold at `bits` (survey: 4 and more; fixed: reference_bits only).
AdcFigures adc_figures(const AdcCost& cost, std::uint32_t bits);

}  // namespace sumline
