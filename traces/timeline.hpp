// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "traces/atomic_file.hpp"

namespace sumline {

/// Streams who was busy when, as a Chrome trace that Perfetto (ui.perfetto.dev) and chrome://tracing open:
///
///     {"displayTimeUnit":"ns","traceEvents":[
///     {"ph":"M","pid":0,"tid":0,"name":"thread_name","args":{"name":"tile 0 bank 3"}},
///     {"ph":"X","pid":0,"tid":0,"name":"layers.0","ts":0.007680000,"dur":0.007680000}
///     ]}
///
/// Tracks are numbered as they first appear. Times are femtoseconds, written as exact decimal microseconds.
class TimelineWriter {
 public:
  /// @throws Error if the file cannot be created.
  explicit TimelineWriter(const std::string& path);

  /// `track` was busy with `what` from `start` for `duration`. @throws Error on a full disk.
  void span(const std::string& track, const std::string& what, std::uint64_t start, std::uint64_t duration);
  /// Completes the file; without it, nothing remains.
  void commit();

 private:
  void entry(const std::string& text);

  AtomicFile file_;
  std::map<std::string, std::size_t> tracks_;
  bool first_ = true;
};

}  // namespace sumline
