// SPDX-License-Identifier: Apache-2.0
#include "arch/recorder.hpp"

#include <algorithm>

namespace sumline {

Recorder::Recorder(const Workload& workload, std::uint32_t images, TraceSink* traces)
    : workload_(workload),
      last_image_(images - 1),
      traces_(traces),
      layers_(workload.layers.size(), LayerTiming{kNever, 0, 0}),
      image_start_(images, kNever),
      latency_(images, 0) {}

void Recorder::worked(const char* unit, std::size_t layer, Service service) {
  worked(unit, workload_.layers[layer].name, service);
}

void Recorder::worked(const char* unit, const std::string& what, Service service) {
  if (traces_ != nullptr && service.duration > 0) {
    traces_->span(unit, what, service.start, service.duration);
  }
}

void Recorder::layer_began(std::size_t layer, std::uint32_t image, Service service) {
  if (image == last_image_) {
    layers_[layer].first = std::min(layers_[layer].first, service.start);
  }
}

void Recorder::image_began(std::uint32_t image, Service service) {
  image_start_[image] = std::min(image_start_[image], service.start);
}

void Recorder::layer_busy(std::size_t layer, std::uint32_t image, std::uint64_t duration) {
  if (image == last_image_) {
    layers_[layer].busy += duration;
  }
}

void Recorder::layer_ended(std::size_t layer, std::uint32_t image) {
  if (image == last_image_) {
    layers_[layer].last = now();
  }
}

void Recorder::image_ended(std::uint32_t image) {
  latency_[image] = now() - image_start_[image];
  end_time_ = now();
}

}  // namespace sumline
