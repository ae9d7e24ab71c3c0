// SPDX-License-Identifier: Apache-2.0
#include "arch/result_sink.hpp"

#include <span>
#include <string>

#include "energy/error.hpp"

namespace sumline {
ResultSink::ResultSink(RunState& run, SimContext& context, const Progress& progress)
    : run_(run),
      context_(context),
      progress_(progress),
      classes_(run.workload.layers.back().out.size()),
      accumulators_(run.images * classes_),
      logits_(run.images * classes_),
      missing_(run.images, classes_) {}

void ResultSink::take(const LayerModel& model, std::uint32_t image, std::uint32_t position,
                      const OutputSums& sums) {
  const std::size_t channels = sums.accumulators.size();
  for (std::size_t channel = 0; channel < channels; ++channel) {
    const std::size_t index = image * classes_ + channel * model.layer().out.positions() + position;
    accumulators_[index] = sums.accumulators[channel];
    logits_[index] = model.logits()->real_value(sums, 0, channel);
  }
  missing_[image] -= channels;
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
  EngineOutput output{accumulators_, logits_, {}, run_.ledger, std::move(saturated), run_.pac_classes};
  for (std::size_t image = 0; image < run_.images; ++image) {
    output.predicted.push_back(predicted_class(std::span(logits_).subspan(image * classes_, classes_)));
  }
  return output;
}

}  // namespace sumline
