// SPDX-License-Identifier: Apache-2.0
#include "arch/adc_profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "arch/activity.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr std::uint32_t kMaxStaircaseBits = 8;
constexpr std::int32_t kRanges = 256;  ///< tried for the best one

/// In sums: what one unit of a code stands for.
double unit_of(const AdcConfig& adc, std::uint32_t full_product) {
  return adc.readout == ReadoutKind::staircase
             ? static_cast<double>(adc.full_scale) * full_product / ((1 << adc.bits) - 1)
             : 1.0;
}

template <class Visit>
void for_each_sum(const LayerProfile& profile, Visit visit) {
  for (std::size_t index = 0; index < profile.counts.size(); ++index) {
    if (profile.counts[index] > 0) {
      visit(profile.lowest_sum + static_cast<std::int32_t>(index),
            static_cast<double>(profile.counts[index]));
    }
  }
}

double decibels(double signal, double error) {
  return error > 0 ? 10 * std::log10(signal / error) : std::numeric_limits<double>::infinity();
}

/// Of all conversions together, with a staircase of other bits and range.
double error_of(const LayerProfile& profile, std::uint32_t bits, std::int32_t range) {
  const Readout readout = Readout::staircase(bits, range, {profile.smallest, profile.largest});
  const double unit = static_cast<double>(range) / ((1 << bits) - 1);
  double error = 0;
  for_each_sum(profile, [&](std::int32_t sum, double count) {
    const double loss = readout(sum) * unit - sum;
    error += count * loss * loss;
  });
  return error;
}

ConverterChoice recommend_staircase(const LayerProfile& profile, double signal) {
  const std::int32_t largest = std::max({profile.largest, -profile.smallest, 1});
  ConverterChoice choice;
  double best = std::numeric_limits<double>::infinity();
  for (std::uint32_t bits = 1; bits <= kMaxStaircaseBits; ++bits) {
    for (std::int32_t step = 1; step <= kRanges; ++step) {
      const std::int32_t range =
          std::max(1, static_cast<std::int32_t>(std::int64_t{largest} * step / kRanges));
      if (const double error = error_of(profile, bits, range); error < best) {
        best = error;
        choice = {bits, static_cast<double>(range)};
      }
    }
    if (decibels(signal, best) >= kGoodSqnr) break;
  }
  return choice;
}

ConverterChoice recommend_saturating(const LayerProfile& profile) {
  const auto magnitude = static_cast<std::uint32_t>(std::max(profile.largest, -profile.smallest - 1));
  const std::uint32_t sign = profile.lowest_sum < 0 ? 1 : 0;
  return {std::max(1U, static_cast<std::uint32_t>(std::bit_width(magnitude)) + sign),
          static_cast<double>(std::max(profile.largest, -profile.smallest))};
}

/// A sum between two levels of a staircase is as far from one as from the other.
bool on_threshold(const Readout& readout, double unit, std::int32_t sum) {
  const double loss = std::abs(readout(sum) * unit - sum);
  return !readout.saturates(sum) && std::abs(loss - unit) < 1e-9 * unit;
}

LayerProfile merge_histograms(const LayerActivity& activity) {
  LayerProfile profile;
  profile.name = activity.name;
  profile.lowest_sum = activity.lowest_sum;
  const std::size_t sums = activity.partial_sums.size() / (activity.ones.size() * activity.weight_slices);
  profile.counts.resize(sums);
  for (std::size_t index = 0; index < activity.partial_sums.size(); ++index) {
    profile.counts[index % sums] += activity.partial_sums[index];
  }
  return profile;
}

}  // namespace

void judge(LayerProfile& profile, const Readout& readout, const AdcConfig& adc, std::uint32_t full_product) {
  const double unit = unit_of(adc, full_product);
  double signal = 0;
  double saturated = 0;
  double ties = 0;
  double clipped = 0;
  double quantized = 0;
  bool first = true;
  for_each_sum(profile, [&](std::int32_t sum, double count) {
    if (first) profile.smallest = sum;
    first = false;
    profile.largest = sum;
    profile.conversions += static_cast<std::uint64_t>(count);
    const double loss = readout(sum) * unit - sum;
    signal += count * sum * sum;
    (readout.saturates(sum) ? clipped : quantized) += count * loss * loss;
    saturated += readout.saturates(sum) ? count : 0;
    ties += adc.readout == ReadoutKind::staircase && on_threshold(readout, unit, sum) ? count : 0;
  });
  for (std::size_t index = 0; index < profile.counts.size(); ++index) {
    profile.read_as.push_back(readout(profile.lowest_sum + static_cast<std::int32_t>(index)) * unit);
  }
  const auto all = static_cast<double>(std::max<std::uint64_t>(profile.conversions, 1));
  profile.saturated = saturated / all;
  profile.on_threshold = ties / all;
  profile.clipping_error = clipped / all;
  profile.quantization_error = quantized / all;
  profile.sqnr = decibels(signal, clipped + quantized);
  profile.recommended = adc.readout == ReadoutKind::staircase ? recommend_staircase(profile, signal)
                                                              : recommend_saturating(profile);
}

std::vector<LayerProfile> profile_converters(const Workload& workload, const Accelerator& accelerator,
                                             const Mapping& mapping, std::uint64_t begin, std::uint64_t end) {
  std::vector<LayerProfile> profiles;
  const std::vector<LayerActivity> activities = measure_activity(workload, accelerator, mapping, begin, end);
  auto activity = activities.begin();
  for (std::size_t index = 0; index < workload.layers.size(); ++index) {
    if (!mapping.layers[index]) continue;
    const Layer& layer = workload.layers[index];
    LayerMapping first = *mapping.layers[index];  // no array carries larger sums
    first.regions.resize(1);
    const ArrayModel array = program_arrays(layer, first, accelerator).front();
    profiles.push_back(merge_histograms(*activity++));
    judge(profiles.back(), array.readout(), accelerator.adc, array.full_product());
  }
  return profiles;
}

std::string profile_csv(const std::vector<LayerProfile>& profiles) {
  std::string text =
      "layer,conversions,smallest,largest,saturated,on_threshold,clipping_error,quantization_error,sqnr_db,"
      "recommended_bits,recommended_range\n";
  for (const LayerProfile& p : profiles) {
    text += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", p.name, p.conversions, p.smallest, p.largest,
                        p.saturated, p.on_threshold, p.clipping_error, p.quantization_error, p.sqnr,
                        p.recommended.bits, p.recommended.range);
  }
  return text;
}

std::string histogram_csv(const std::vector<LayerProfile>& profiles) {
  std::string text = "layer,sum,conversions,read_as\n";
  for (const LayerProfile& p : profiles) {
    for_each_sum(p, [&](std::int32_t sum, double count) {
      text += fmt::format("{},{},{},{}\n", p.name, sum, count,
                          p.read_as[static_cast<std::size_t>(sum - p.lowest_sum)]);
    });
  }
  return text;
}

}  // namespace sumline
