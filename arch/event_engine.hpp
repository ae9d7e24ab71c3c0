// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "arch/engine_output.hpp"
#include "arch/mapping.hpp"
#include "arch/trace_sink.hpp"

namespace sumline {

enum class Fidelity : std::uint8_t {
  job,    ///< one transaction per (bank, input vector)
  cycle,  ///< one event per OU read
};

/// When a layer worked on the last image, in femtoseconds of simulated time.
struct LayerTiming {
  std::uint64_t first;  ///< start of its first transfer
  std::uint64_t last;   ///< its last output
  std::uint64_t busy;   ///< of its banks' jobs, summed
  bool operator==(const LayerTiming&) const = default;
};

struct EventOutput {
  EngineOutput output;
  std::uint64_t end_time;           ///< femtoseconds, of the last logit; equal for both fidelities
  std::vector<LayerTiming> layers;  ///< [workload.layers]
  std::vector<std::uint64_t>
      latency;  ///< [images] femtoseconds, from the image's first transfer to its last logit
};

/// Runs images [begin, end) on a SystemC model of the chip. Owns its simulation context: callable any number
/// of times in a process, not from two threads at once.
/// @param traces may be nullptr
EventOutput run_event_engine(const Workload& workload, const Accelerator& accelerator, const Mapping& mapping,
                             Fidelity fidelity, std::uint64_t begin, std::uint64_t end,
                             TraceSink* traces = nullptr, const Progress& progress = {});

}  // namespace sumline
