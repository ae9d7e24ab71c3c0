// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "arch/event_engine.hpp"
#include "components/arbiter.hpp"

namespace sumline {

/// Notes when things happened: for the trace, for the layers' times on the last image, for the images'
/// latencies.
class Recorder {
 public:
  Recorder(const Workload& workload, std::uint32_t images, TraceSink* traces);

  /// A unit worked for a layer. Nothing is noted for a service of no time.
  void worked(const char* unit, std::size_t layer, Service service);
  /// The same without a layer.
  void worked(const char* unit, const std::string& what, Service service);
  /// True where somebody listens: only then is it worth describing a job.
  bool traced() const { return traces_ != nullptr; }
  void job(const JobEvent& event) { traces_->job(event); }
  /// Work on `image` began: a layer's first transfer, or the image's own.
  void layer_began(std::size_t layer, std::uint32_t image, Service service);
  void image_began(std::uint32_t image, Service service);
  /// A bank or a unit finished a piece of its layer's work. @param end femtoseconds
  void layer_busy(std::size_t layer, std::uint32_t image, std::uint64_t duration);
  void layer_ended(std::size_t layer, std::uint32_t image);
  void image_ended(std::uint32_t image);

  const std::vector<LayerTiming>& layers() const { return layers_; }
  const std::vector<std::uint64_t>& latency() const { return latency_; }
  std::uint64_t end_time() const { return end_time_; }

 private:
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  const Workload& workload_;
  const std::uint32_t last_image_;
  TraceSink* const traces_;
  std::vector<LayerTiming> layers_;
  std::vector<std::uint64_t> image_start_;
  std::vector<std::uint64_t> latency_;
  std::uint64_t end_time_ = 0;
};

}  // namespace sumline
