// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <thread>

#include "cli/commands.hpp"
#include "cli/table.hpp"
#include "nn/nn.hpp"
#include "traces/atomic_file.hpp"

namespace sumline::cli {
namespace {

constexpr std::array<std::uint32_t, 4> kPairs{10, 13, 15, 16};  // of the classes of dynamic configuration

struct Row {
  std::string products;
  SimulatedAccuracy result;
};

std::vector<Row> measure(const PacAccuracyOptions& options) {
  Run run = load_run(options.run);
  run.recipe.threads =
      options.common.threads > 0 ? options.common.threads : std::thread::hardware_concurrency();
  std::vector<Row> rows;
  const auto add = [&](const std::string& products, Arithmetic arithmetic) {
    arithmetic.compatibility = options.reference ? Compatibility::reference : Compatibility::correct;
    rows.push_back(
        {products, simulated_accuracy(run, arithmetic, options.images, options.batch, options.recalibrate)});
  };
  add("exact", {.mode = ArithmeticMode::simulation});
  for (const std::uint32_t operand : options.operands) {
    add(fmt::format("operand {}", operand), {.mode = ArithmeticMode::simulation, .operand = operand});
  }
  if (!options.thresholds.empty()) {
    std::array<double, 3> thresholds{};
    std::copy(options.thresholds.begin(), options.thresholds.end(), thresholds.begin());
    add("operand 4, dynamic", {.mode = ArithmeticMode::simulation, .operand = 4, .thresholds = thresholds});
  }
  return rows;
}

std::string table_text(const std::vector<Row>& rows) {
  Table table({"products", "accuracy", "below exact", "cross entropy"});
  const double exact = rows.front().result.accuracy.value();
  for (const auto& [products, result] : rows) {
    table.add({products, percent(result.accuracy.value()), percent(exact - result.accuracy.value()),
               fmt::format("{:.4f}", result.accuracy.loss)});
  }
  return table.to_text();
}

/// Which share of the output positions needed how many exact pairs, and their mean.
std::string histogram_text(const std::array<std::uint64_t, 4>& classes) {
  const auto positions = std::accumulate(classes.begin(), classes.end(), std::uint64_t{0});
  const auto pairs = std::inner_product(classes.begin(), classes.end(), kPairs.begin(), std::uint64_t{0});
  Table table({"exact pairs", "positions", "share"});
  for (std::size_t i = 0; i < classes.size(); ++i) {
    table.add({std::to_string(kPairs[i]), grouped(classes[i]),
               percent(static_cast<double>(classes[i]) / static_cast<double>(positions))});
  }
  return fmt::format("{}mean of {} positions: {:.2f} of 64 pairs\n", table.to_text(), grouped(positions),
                     static_cast<double>(pairs) / static_cast<double>(positions));
}

std::string json_text(const std::vector<Row>& rows) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const auto& [products, result] : rows) {
    all.push_back({{"products", products},
                   {"accuracy", result.accuracy.value()},
                   {"cross_entropy", result.accuracy.loss},
                   {"images", result.accuracy.images},
                   {"positions_10_13_15_16", result.classes}});
  }
  return nlohmann::ordered_json{{"rows", all}}.dump(2) + '\n';
}

}  // namespace

void pac_accuracy(const PacAccuracyOptions& options) {
  const std::vector<Row> rows = measure(options);
  if (!options.common.json.empty()) write_file(options.common.json, json_text(rows));
  if (options.common.quiet) return;
  fmt::print("{} test images, {} at a time\n{}", grouped(rows.front().result.accuracy.images), options.batch,
             table_text(rows));
  if (!options.thresholds.empty()) {
    fmt::print("\nDynamic configuration, convolutions\n{}", histogram_text(rows.back().result.classes));
  }
}

}  // namespace sumline::cli
