// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arch/engine_output.hpp"
#include "arch/event_engine.hpp"
#include "arch/mapping.hpp"
#include "energy/report.hpp"

/// What a run found - one run, three truths - ready to print and to write as results.json
/// (tests/support/results.schema.json).
namespace sumline {

struct Provenance {
  std::string config_sha256;
  std::string workload_sha256;
  std::string version;
  std::uint64_t seed;
};

struct LayerResult {
  std::string name;
  std::string kind;    ///< "convolution", "linear", "max_pool" or "average_pool"
  std::uint64_t macs;  ///< of one image
  Joule energy;        ///< of all images, without leakage
  std::uint64_t ou_reads;
  std::uint64_t adc_conversions;
  std::uint64_t unit_conversions;
  std::uint64_t saturated_conversions;
  PacClassCounts pac_classes;  ///< positions of each class of dynamic configuration, fewest pairs first
  std::uint32_t arrays;        ///< all replicas
  std::uint32_t replicas;
  double utilization;             ///< cells in use / cells allocated, 0 for layers without arrays
  std::optional<Second> latency;  ///< event engine: first transfer to last output, of the last image
};

struct Results {
  std::string accelerator;
  std::string network;
  std::string engine;  ///< "functional", "event (job)" or "event (cycle)"
  std::uint64_t images;
  std::uint64_t correct;
  std::uint64_t macs;  ///< of all images
  ActionLedger ledger;
  EnergyReport energy;  ///< leakage is zero where there is no time
  std::optional<Second>
      latency;  ///< event engine: first transfer of the first image to last logit of the last
  std::optional<Second> image_latency;  ///< event engine: an image's first transfer to its last logit, mean
  std::uint32_t arrays_used;
  std::uint32_t arrays_available;
  std::uint32_t phases;  ///< more than one: the arrays are programmed anew for every image
  std::vector<LayerResult> layers;
  Provenance provenance;

  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(images); }
  /// Two operations per multiply-accumulate, in 10^12 per second; empty where there is no time.
  std::optional<double> tops() const;
  double tops_per_watt() const;  ///< 10^12 operations per joule
};

/// Results of images [0, output.predicted.size()) of the workload.
/// @param timing of the event engine, nullptr for the functional one
Results make_results(const Workload& workload, const Accelerator& accelerator, const Mapping& mapping,
                     const EngineOutput& output, const EventOutput* timing, std::string engine,
                     Provenance provenance);

/// results.json: plain SI units; equal results give equal bytes.
std::string to_json(const Results& results);
/// Several runs as one JSON array.
std::string to_json(const std::vector<Results>& runs);

}  // namespace sumline
