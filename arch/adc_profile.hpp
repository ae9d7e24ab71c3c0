// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arch/mapping.hpp"
#include "components/model/readout.hpp"

/// How well a converter fits the sums that a network puts on the bitlines.
namespace sumline {

/// Range and resolution.
struct ConverterChoice {
  std::uint32_t bits = 0;
  double range = 0;  ///< largest sum it resolves, in the unit of sums
};

/// The conversions of one layer. Sums are integers: products of digits and cells added up on a bitline.
struct LayerProfile {
  std::string name;
  std::int32_t lowest_sum = 0;        ///< of the histogram
  std::vector<std::uint64_t> counts;  ///< [sum - lowest_sum] conversions, unit columns left out
  std::vector<double> read_as;        ///< [sum - lowest_sum] what the converter takes the sum for
  std::uint64_t conversions = 0;
  std::int32_t smallest = 0;  ///< sum that came out
  std::int32_t largest = 0;
  double saturated = 0;           ///< share of conversions beyond the outermost code
  double on_threshold = 0;        ///< share of sums that stand exactly between two codes
  double clipping_error = 0;      ///< mean square over all conversions, of those that saturated
  double quantization_error = 0;  ///< of the others
  double sqnr = 0;                ///< mean square of the sums over that of both errors, dB; infinite if exact
  ConverterChoice recommended;
};

/// From a histogram alone. Recommended is for a saturating converter the fewest bits that lose nothing that came
/// out; for a staircase the fewest bits (1 to 8) whose best range reaches kGoodSqnr, with that range, the one of
/// the least mean square error. @param full_product magnitude of a full input times a full cell
void judge(LayerProfile& profile, const Readout& readout, const AdcConfig& adc, std::uint32_t full_product);

inline constexpr double kGoodSqnr = 20;  ///< dB: errors of a tenth of the sums

/// Of every layer on arrays, over the images [begin, end).
std::vector<LayerProfile> profile_converters(const Workload& workload, const Accelerator& accelerator,
                                             const Mapping& mapping, std::uint64_t begin, std::uint64_t end);

/// One line per layer.
std::string profile_csv(const std::vector<LayerProfile>& profiles);
/// One line per sum that came out: what to plot.
std::string histogram_csv(const std::vector<LayerProfile>& profiles);

}  // namespace sumline
