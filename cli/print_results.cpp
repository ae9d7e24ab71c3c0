// SPDX-License-Identifier: Apache-2.0
#include "cli/print_results.hpp"

#include <fmt/format.h>

#include "cli/table.hpp"
#include "energy/units.hpp"

namespace sumline::cli {
namespace {

std::string latency_text(const std::optional<Second>& latency) {
  return latency ? to_text(*latency) : "-";
}

std::string layers_text(const Results& results) {
  Table table({"layer", "kind", "MACs", "arrays", "copies", "cells used", "OU reads", "conversions",
               "saturated", "energy", "latency"});
  for (const LayerResult& layer : results.layers) {
    const bool on_arrays = layer.arrays > 0;
    table.add({layer.name, layer.kind, on_arrays ? grouped(layer.macs) : "-",
               on_arrays ? grouped(layer.arrays) : "-", on_arrays ? grouped(layer.replicas) : "-",
               on_arrays ? percent(layer.utilization) : "-",
               on_arrays ? mean(layer.ou_reads, results.images) : "-",
               on_arrays ? mean(layer.adc_conversions, results.images) : "-",
               on_arrays ? mean(layer.saturated_conversions, results.images) : "-",
               to_text(layer.energy / static_cast<double>(results.images)), latency_text(layer.latency)});
  }
  return table.to_text();
}

std::string components_text(const Results& results) {
  Table table({"component", "energy", "share", "of it leakage", "area"});
  for (std::size_t index = 0; index < kComponents; ++index) {
    const auto component = static_cast<Component>(index);
    const Joule energy = results.energy.energy(component);
    if (energy.value() > 0 || results.energy.area[index].value() > 0) {
      const auto images = static_cast<double>(results.images);
      table.add({std::string(name(component)), to_text(energy / images),
                 percent(energy.value() / results.energy.total.value()),
                 to_text(results.energy.leakage[index] / images), to_text(results.energy.area[index])});
    }
  }
  return table.to_text();
}

double adc_share(const Results& results) {
  return results.energy.energy(Component::adc).value() / results.energy.total.value();
}

}  // namespace

std::string results_text(const Results& results) {
  const auto images = static_cast<double>(results.images);
  std::string text =
      fmt::format("{} on {}, {} engine: {} of {} images right, {}\n\nPer image\n{}\n{}\n", results.network,
                  results.accelerator, results.engine, grouped(results.correct), grouped(results.images),
                  percent(results.accuracy()), layers_text(results), components_text(results));
  text += fmt::format("conversions {}, energy {}",
                      mean(results.ledger.total(Action::adc_conversion), results.images),
                      to_text(results.energy.total / images));
  if (results.latency) {
    text += fmt::format(", latency {}, {:.4g} images/s in a row of {}, {:.4g} TOPS",
                        to_text(*results.image_latency), images / results.latency->value(), results.images,
                        *results.tops());
  } else {
    text += " without leakage";
  }
  text += fmt::format(", {:.4g} TOPS/W; chip {}, {} of {} arrays in use", results.tops_per_watt(),
                      to_text(results.energy.total_area), grouped(results.arrays_used),
                      grouped(results.arrays_available));
  if (results.phases > 1) {
    text += fmt::format(", programmed anew {} times an image", results.phases);
  }
  return text + '\n';
}

std::string comparison_text(const std::vector<Results>& evaluated, const std::vector<Results>& simulated) {
  Table table({"accelerator", "accuracy", "conversions", "energy", "latency", "images/s", "TOPS/W", "area",
               "ADC share"});
  for (std::size_t index = 0; index < simulated.size(); ++index) {
    const Results& run = simulated[index];
    const auto images = static_cast<double>(run.images);
    table.add({run.accelerator, percent(evaluated[index].accuracy()),
               mean(run.ledger.total(Action::adc_conversion), run.images), to_text(run.energy.total / images),
               to_text(*run.image_latency),
               grouped(static_cast<std::uint64_t>(images / run.latency->value())),
               fmt::format("{:.4g}", run.tops_per_watt()), to_text(run.energy.total_area),
               percent(adc_share(run))});
  }
  return table.to_text();
}

}  // namespace sumline::cli
