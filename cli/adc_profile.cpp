// SPDX-License-Identifier: Apache-2.0
#include "arch/adc_profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "configs/accelerator_loader.hpp"
#include "energy/error.hpp"
#include "traces/atomic_file.hpp"

namespace sumline::cli {
namespace {

std::string decibels(double value) {
  return std::isfinite(value) ? fmt::format("{:.1f} dB", value) : "exact";
}

std::string table_text(const std::vector<LayerProfile>& profiles) {
  Table table({"layer", "conversions", "sums", "saturated", "on threshold", "clipping MSE",
               "quantisation MSE", "SQNR", "best bits", "best range"});
  for (const LayerProfile& p : profiles) {
    table.add({p.name, grouped(p.conversions), fmt::format("{}..{}", p.smallest, p.largest),
               percent(p.saturated), percent(p.on_threshold), fmt::format("{:.3g}", p.clipping_error),
               fmt::format("{:.3g}", p.quantization_error), decibels(p.sqnr),
               std::to_string(p.recommended.bits), fmt::format("{:g}", p.recommended.range)});
  }
  return table.to_text();
}

std::string json_text(const std::vector<LayerProfile>& profiles) {
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (const LayerProfile& p : profiles) {
    layers.push_back(
        {{"name", p.name},
         {"conversions", p.conversions},
         {"smallest_sum", p.smallest},
         {"largest_sum", p.largest},
         {"saturated", p.saturated},
         {"on_threshold", p.on_threshold},
         {"clipping_error", p.clipping_error},
         {"quantization_error", p.quantization_error},
         {"sqnr_db", std::isfinite(p.sqnr) ? nlohmann::ordered_json(p.sqnr) : nlohmann::ordered_json()},
         {"recommended_bits", p.recommended.bits},
         {"recommended_range", p.recommended.range}});
  }
  return nlohmann::ordered_json{{"layers", layers}}.dump(2) + '\n';
}

}  // namespace

void adc_profile(const Workload& workload, const AdcProfileOptions& options) {
  const Accelerator accelerator =
      load_accelerator(options.evaluate.accelerator, parse_overrides(options.evaluate.overrides));
  const std::uint64_t images = options.evaluate.images == 0
                                   ? std::min(kSimulatedImages, std::uint64_t{workload.images()})
                                   : options.evaluate.images;
  if (images > workload.images()) {
    throw Error(fmt::format("--images {}: the workload holds {} images: ask for at most that many", images,
                            workload.images()));
  }
  const Mapping mapping = map_network(workload, accelerator);
  const auto profiles = profile_converters(workload, accelerator, mapping, 0, images);
  if (!options.csv.empty()) write_file(options.csv, profile_csv(profiles));
  if (!options.histogram.empty()) write_file(options.histogram, histogram_csv(profiles));
  if (!options.evaluate.common.json.empty()) write_file(options.evaluate.common.json, json_text(profiles));
  if (!options.evaluate.common.quiet) fmt::print("{}", table_text(profiles));
}

}  // namespace sumline::cli
