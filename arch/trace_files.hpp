// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "arch/trace_sink.hpp"
#include "traces/event_log.hpp"
#include "traces/timeline.hpp"

namespace sumline {

/// Writes what it receives to files (docs/traces.md).
class TraceFiles final : public TraceSink {
 public:
  /// @param timeline Chrome-trace JSON of every span, empty: none @param events CSV of every job, empty: none
  TraceFiles(const std::string& timeline, const std::string& events);

  /// True where there is a file to write.
  bool wanted() const { return timeline_ || events_; }
  void span(const std::string& track, const std::string& what, std::uint64_t start,
            std::uint64_t duration) override;
  void job(const JobEvent& event) override;
  /// Completes the files; without it nothing remains of them. @throws Error on a full disk
  void commit();

 private:
  std::optional<TimelineWriter> timeline_;
  std::optional<EventLogWriter> events_;
};

}  // namespace sumline
