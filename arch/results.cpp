// SPDX-License-Identifier: Apache-2.0
#include "arch/results.hpp"

#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

#include "configs/cost.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

constexpr double kFemto = 1e-15;
constexpr double kTera = 1e12;

Second from_femtoseconds(std::uint64_t time) {
  return seconds(static_cast<double>(time) * kFemto);
}

LayerResult layer_result(const Workload& workload, std::size_t index, const Mapping& mapping,
                         const EngineOutput& output, const EnergyReport& energy) {
  const Layer& layer = workload.layers[index];
  LayerResult result{};
  result.name = layer.name;
  result.kind = name(layer.kind);
  result.macs = layer.macs();
  result.energy = energy.layers[index].total;
  result.ou_reads = output.ledger.count(index, Action::ou_read);
  result.adc_conversions = output.ledger.count(index, Action::adc_conversion);
  result.unit_conversions = output.ledger.count(index, Action::unit_conversion);
  result.saturated_conversions = output.saturated[index];
  result.pac_classes = output.pac_classes[index];
  if (const auto& placed = mapping.layers[index]) {
    result.replicas = placed->replicas;
    result.arrays = placed->replicas * static_cast<std::uint32_t>(placed->regions.size());
    result.utilization = placed->utilization;
  }
  return result;
}

nlohmann::ordered_json layer_json(const LayerResult& layer) {
  nlohmann::ordered_json json{{"name", layer.name},
                              {"kind", layer.kind},
                              {"macs", layer.macs},
                              {"latency_s", nullptr},
                              {"energy_j", layer.energy.value()},
                              {"adc_conversions", layer.adc_conversions},
                              {"unit_conversions", layer.unit_conversions},
                              {"saturated_conversions", layer.saturated_conversions},
                              {"pac_classes", layer.pac_classes},
                              {"ou_reads", layer.ou_reads},
                              {"arrays", layer.arrays},
                              {"replicas", layer.replicas},
                              {"utilization", layer.utilization}};
  if (layer.latency) {
    json["latency_s"] = layer.latency->value();
  }
  return json;
}

nlohmann::ordered_json totals_json(const Results& results) {
  nlohmann::ordered_json totals{{"latency_s", nullptr},
                                {"image_latency_s", nullptr},
                                {"energy_j", results.energy.total.value()},
                                {"leakage_j", results.energy.total_leakage.value()},
                                {"area_m2", results.energy.total_area.value()},
                                {"adc_conversions", results.ledger.total(Action::adc_conversion)},
                                {"macs", results.macs},
                                {"tops", nullptr},
                                {"tops_per_watt", results.tops_per_watt()}};
  if (results.latency) {
    totals["latency_s"] = results.latency->value();
    totals["image_latency_s"] = results.image_latency->value();
    totals["tops"] = *results.tops();
  }
  return totals;
}

nlohmann::ordered_json results_json(const Results& results) {
  nlohmann::ordered_json json{{"accelerator", results.accelerator}, {"network", results.network},
                              {"engine", results.engine},           {"images", results.images},
                              {"correct", results.correct},         {"accuracy", results.accuracy()}};
  json["totals"] = totals_json(results);
  for (std::size_t index = 0; index < kComponents; ++index) {
    const auto component = static_cast<Component>(index);
    json["energy_j"][std::string(name(component))] = results.energy.energy(component).value();
  }
  for (std::size_t index = 0; index < kActions; ++index) {
    const auto action = static_cast<Action>(index);
    json["counts"][std::string(name(action))] = results.ledger.total(action);
  }
  json["layers"] = nlohmann::ordered_json::array();
  for (const LayerResult& layer : results.layers) {
    json["layers"].push_back(layer_json(layer));
  }
  json["mapping"] = {{"arrays_used", results.arrays_used},
                     {"arrays_available", results.arrays_available},
                     {"phases", results.phases}};
  json["provenance"] = {{"config_sha256", results.provenance.config_sha256},
                        {"workload_sha256", results.provenance.workload_sha256},
                        {"version", results.provenance.version},
                        {"seed", results.provenance.seed}};
  return json;
}

}  // namespace

std::optional<double> Results::tops() const {
  if (!latency) {
    return std::nullopt;
  }
  return 2.0 * static_cast<double>(macs) / latency->value() / kTera;
}

double Results::tops_per_watt() const {
  return 2.0 * static_cast<double>(macs) / energy.total.value() / kTera;
}

Results make_results(const Workload& workload, const Accelerator& accelerator, const Mapping& mapping,
                     const EngineOutput& output, const EventOutput* timing, std::string engine,
                     Provenance provenance) {
  const CostTable costs = cost_table(accelerator, mapping.tiles_in_use());
  const Second elapsed = timing != nullptr ? from_femtoseconds(timing->end_time) : seconds(0);
  Results results{.accelerator = accelerator.name,
                  .network = workload.network,
                  .engine = std::move(engine),
                  .images = output.predicted.size(),
                  .correct = 0,
                  .macs = 0,
                  .ledger = output.ledger,
                  .energy = report_energy(output.ledger, costs, elapsed),
                  .latency = std::nullopt,
                  .image_latency = std::nullopt,
                  .arrays_used = mapping.arrays_used,
                  .arrays_available = mapping.arrays_available,
                  .phases = static_cast<std::uint32_t>(mapping.phases.size()),
                  .layers = {},
                  .provenance = std::move(provenance)};
  for (std::size_t image = 0; image < output.predicted.size(); ++image) {
    results.correct += output.predicted[image] == workload.labels[image];
  }
  for (std::size_t index = 0; index < workload.layers.size(); ++index) {
    results.layers.push_back(layer_result(workload, index, mapping, output, results.energy));
    results.macs += results.layers.back().macs * results.images;
    if (timing != nullptr) {
      results.layers.back().latency =
          from_femtoseconds(timing->layers[index].last - timing->layers[index].first);
    }
  }
  if (timing != nullptr) {
    results.latency = elapsed;
    const std::uint64_t sum =
        std::accumulate(timing->latency.begin(), timing->latency.end(), std::uint64_t{0});
    results.image_latency = from_femtoseconds(sum / results.images);
  }
  return results;
}

std::string to_json(const Results& results) {
  return results_json(results).dump(2) + '\n';
}

std::string to_json(const std::vector<Results>& runs) {
  auto json = nlohmann::ordered_json::array();
  for (const Results& results : runs) {
    json.push_back(results_json(results));
  }
  return json.dump(2) + '\n';
}

}  // namespace sumline
