// SPDX-License-Identifier: Apache-2.0
#include "components/model/pac_error.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "traces/atomic_file.hpp"

namespace sumline::cli {
namespace {

std::vector<PacError> measure(const PacErrorOptions& options) {
  std::vector<PacError> errors;
  for (const double weight_density : options.weight_densities) {
    for (const double activation_density : options.activation_densities) {
      for (const std::uint32_t length : options.lengths) {
        for (const std::uint32_t operand : options.operands) {
          errors.push_back(sumline::pac_error({length, operand, options.weight_bits, options.activation_bits,
                                               weight_density, activation_density},
                                              options.vectors, options.common.seed));
        }
      }
    }
  }
  return errors;
}

std::string table_text(const std::vector<PacError>& errors) {
  Table table(
      {"length", "operand", "weight ones", "activation ones", "measured RMSE", "predicted", "of full scale"});
  for (const PacError& error : errors) {
    const PacErrorPoint& point = error.point;
    table.add({grouped(point.length), std::to_string(point.operand), percent(point.weight_density),
               percent(point.activation_density), fmt::format("{:.1f}", error.measured),
               fmt::format("{:.1f}", error.predicted),
               fmt::format("{:.4f} %", 100 * error.measured_share())});
  }
  return table.to_text();
}

std::string json_text(const std::vector<PacError>& errors) {
  nlohmann::ordered_json points = nlohmann::ordered_json::array();
  for (const PacError& error : errors) {
    points.push_back({{"length", error.point.length},
                      {"operand", error.point.operand},
                      {"weight_density", error.point.weight_density},
                      {"activation_density", error.point.activation_density},
                      {"measured_rmse", error.measured},
                      {"predicted_rmse", error.predicted},
                      {"bias", error.bias},
                      {"full_scale", error.full_scale}});
  }
  return nlohmann::ordered_json{{"points", points}}.dump(2) + '\n';
}

}  // namespace

void pac_error(const PacErrorOptions& options) {
  const std::vector<PacError> errors = measure(options);
  if (!options.csv.empty()) {
    write_file(options.csv, pac_error_csv(errors));
  }
  if (!options.common.json.empty()) {
    write_file(options.common.json, json_text(errors));
  }
  if (!options.common.quiet) {
    fmt::print("{}", table_text(errors));
  }
}

}  // namespace sumline::cli
