// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "traces/atomic_file.hpp"

namespace sumline {

/// One bank working on one input vector.
struct JobEvent {
  std::uint64_t start;     ///< femtoseconds
  std::uint64_t duration;  ///< femtoseconds
  std::uint32_t tile;
  std::uint32_t bank;
  std::uint32_t layer;  ///< index into Workload::layers
  std::uint64_t image;
  std::uint32_t position;  ///< of the output map, row by row
  std::uint64_t ou_reads;
  std::uint64_t adc_conversions;
};

/// Streams every job as one line of CSV, the columns named in the first line as in JobEvent.
class EventLogWriter {
 public:
  /// @throws Error if the file cannot be created.
  explicit EventLogWriter(const std::string& path);

  /// @throws Error on a full disk.
  void add(const JobEvent& event);
  /// Completes the file; without it, nothing remains.
  void commit() { file_.commit(); }

 private:
  AtomicFile file_;
};

}  // namespace sumline
