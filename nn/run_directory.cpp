// SPDX-License-Identifier: Apache-2.0
#include "nn/run_directory.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>

#include "energy/error.hpp"
#include "traces/atomic_file.hpp"
#include "traces/sha256.hpp"

namespace sumline {
namespace {

using Json = nlohmann::ordered_json;

/// ":LINE: what stands there, what the recipe has" of two texts that differ.
std::string first_difference(const std::string& run, const std::string& recipe) {
  std::istringstream run_lines(run);
  std::istringstream recipe_lines(recipe);
  std::string of_run;
  std::string of_recipe;
  for (std::size_t line = 1;; ++line) {
    if (!std::getline(run_lines, of_run)) of_run = "nothing";
    if (!std::getline(recipe_lines, of_recipe)) of_recipe = "nothing";
    if (of_run != of_recipe || !run_lines) {
      return fmt::format(":{}: the run has {}, the recipe {}", line, of_run, of_recipe);
    }
  }
}

Json to_json(const EpochMetrics& metrics) {
  return {{"epoch", metrics.epoch},
          {"learning_rate", metrics.learning_rate},
          {"train_loss", metrics.train_loss},
          {"train_accuracy", metrics.train_accuracy},
          {"test_accuracy", metrics.test_accuracy},
          {"seconds", metrics.seconds}};
}

EpochMetrics from_json(const Json& line) {
  return {line.at("epoch"),          line.at("learning_rate"), line.at("train_loss"),
          line.at("train_accuracy"), line.at("test_accuracy"), line.at("seconds")};
}

}  // namespace

void RunDirectory::create(const Recipe& recipe, const NetworkConfig& description) const {
  if (std::filesystem::exists(training())) {
    throw Error(folder_.string() +
                ": holds a training run: continue it with --resume, or name another folder");
  }
  std::error_code failure;
  std::filesystem::create_directories(folder_, failure);
  if (failure) throw Error(folder_.string() + ": cannot make the folder: " + failure.message());
  write_file(config(), recipe.text);
  write_file(network(), description.text);
}

void RunDirectory::reopen(const Recipe& recipe, const NetworkConfig& description) const {
  if (!std::filesystem::exists(training())) {
    throw Error(folder_.string() + ": nothing to resume: no " + training().filename().string());
  }
  check_descriptions(recipe, description);
}

void RunDirectory::check_descriptions(const Recipe& recipe, const NetworkConfig& description) const {
  if (const std::string text = read_file(config()); text != recipe.text) {
    throw Error(config().string() + first_difference(text, recipe.text) +
                ": resume with the recipe and --set of the run");
  }
  if (read_file(network()) != description.text) {
    throw Error(network().string() + ": differs from network " + description.name +
                ": it has been changed since");
  }
}

std::vector<EpochMetrics> RunDirectory::metrics(std::uint32_t epochs) const {
  std::vector<EpochMetrics> metrics;
  if (epochs == 0) return metrics;
  const auto path = folder_ / "metrics.jsonl";
  std::istringstream lines(read_file(path));
  std::string line;
  while (metrics.size() < epochs && std::getline(lines, line)) {
    try {
      metrics.push_back(from_json(Json::parse(line)));
    } catch (const nlohmann::json::exception& error) {
      throw Error(path.string() + ':' + std::to_string(metrics.size() + 1) + ": " + error.what());
    }
  }
  if (metrics.size() < epochs) throw Error(path.string() + ": ends before the saved epoch");
  return metrics;
}

void RunDirectory::write_metrics(const std::vector<EpochMetrics>& metrics) const {
  std::string text;
  for (const EpochMetrics& entry : metrics) text += to_json(entry).dump() + '\n';
  write_file(folder_ / "metrics.jsonl", text);
}

void RunDirectory::write_results(const Recipe& recipe, const std::vector<EpochMetrics>& metrics,
                                 std::size_t test_images, const std::vector<AccuracyAt>& others) const {
  const EpochMetrics& last = metrics.back();
  const auto best = std::max_element(metrics.begin(), metrics.end(), [](const auto& a, const auto& b) {
    return a.test_accuracy < b.test_accuracy;
  });
  Json content{{"accuracy", last.test_accuracy},
               {"best_accuracy", best->test_accuracy},
               {"best_epoch", best->epoch},
               {"images", test_images},
               {"network", recipe.network},
               {"bits", recipe.bits},
               {"epochs", last.epoch},
               {"train_loss", last.train_loss},
               {"train_accuracy", last.train_accuracy}};
  for (const AccuracyAt& other : others) content["accuracy_at"][other.bits] = other.accuracy;
  content["provenance"] = {{"config_sha256", sha256(recipe.text)}, {"seed", recipe.seed}};
  write_file(results(), content.dump(2) + '\n');
}

}  // namespace sumline
