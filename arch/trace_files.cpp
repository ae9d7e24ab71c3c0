// SPDX-License-Identifier: Apache-2.0
#include "arch/trace_files.hpp"

namespace sumline {

TraceFiles::TraceFiles(const std::string& timeline, const std::string& events) {
  if (!timeline.empty()) {
    timeline_.emplace(timeline);
  }
  if (!events.empty()) {
    events_.emplace(events);
  }
}

void TraceFiles::span(const std::string& track, const std::string& what, std::uint64_t start,
                      std::uint64_t duration) {
  if (timeline_) {
    timeline_->span(track, what, start, duration);
  }
}

void TraceFiles::job(const JobEvent& event) {
  if (events_) {
    events_->add(event);
  }
}

void TraceFiles::commit() {
  if (timeline_) {
    timeline_->commit();
  }
  if (events_) {
    events_->commit();
  }
}

}  // namespace sumline
