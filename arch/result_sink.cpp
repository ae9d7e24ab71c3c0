// SPDX-License-Identifier: Apache-2.0
#include "arch/result_sink.hpp"

#include <algorithm>
#include <string>

#include "energy/error.hpp"

namespace sumline {
namespace {

std::size_t logits_of(const Workload& workload) {
  const auto last = std::find_if(workload.layers.begin(), workload.layers.end(),
                                 [](const Layer& layer) { return layer.has_weights() && !layer.requantize; });
  SUMLINE_ASSERT(last != workload.layers.end(), "a workload has a layer that gives the logits");
  return last->out.size();
}

}  // namespace

ResultSink::ResultSink(RunState& run, SimContext& context, const Progress& progress)
    : run_(run),
      context_(context),
      progress_(progress),
      classes_(logits_of(run.workload)),
      accumulators_(run.images * classes_),
      logits_(run.images * classes_),
      missing_(run.images, classes_) {}

void ResultSink::take(const Layer& layer, std::uint32_t image, std::uint32_t position,
                      std::span<const std::int32_t> accumulators) {
  for (std::size_t channel = 0; channel < accumulators.size(); ++channel) {
    const std::size_t index = image * classes_ + channel * layer.out.positions() + position;
    accumulators_[index] = accumulators[channel];
    logits_[index] = layer.scale[channel] * accumulators[channel] + layer.offset[channel];
  }
  missing_[image] -= accumulators.size();
  if (missing_[image] == 0) {
    complete(image);
  }
}

void ResultSink::complete(std::uint32_t image) {
  run_.recorder.image_ended(image);
  ++images_done_;
  if (progress_ && !progress_(images_done_)) {
    context_.stop(std::make_exception_ptr(Error("simulation: stopped after " + std::to_string(images_done_) +
                                                " of " + std::to_string(run_.images) + " images")));
  }
}

EngineOutput ResultSink::output(std::vector<std::uint64_t> saturated) const {
  EngineOutput output{accumulators_, logits_, {}, run_.ledger, std::move(saturated)};
  for (auto logit = logits_.begin(); logit != logits_.end(); logit += static_cast<std::ptrdiff_t>(classes_)) {
    const auto largest = std::max_element(logit, logit + static_cast<std::ptrdiff_t>(classes_));
    output.predicted.push_back(static_cast<std::uint32_t>(largest - logit));
  }
  return output;
}

}  // namespace sumline
