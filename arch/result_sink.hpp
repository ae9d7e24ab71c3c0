// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arch/engine_output.hpp"
#include "arch/run_state.hpp"
#include "components/sim_context.hpp"

namespace sumline {

/// Where logits arrive outside the chip.
class ResultSink {
 public:
  ResultSink(RunState& run, SimContext& context, const Progress& progress);

  /// @param sums of one position of the layer that gives the logits
  void take(const LayerModel& model, std::uint32_t image, std::uint32_t position, const OutputSums& sums);
  std::uint32_t images_done() const { return images_done_; }
  /// @pre all images are done
  EngineOutput output(std::vector<std::uint64_t> saturated) const;

 private:
  void complete(std::uint32_t image);

  RunState& run_;
  SimContext& context_;
  const Progress& progress_;
  const std::size_t classes_;
  std::vector<std::int32_t> accumulators_;  ///< [images, classes]
  std::vector<double> logits_;              ///< [images, classes]
  std::vector<std::size_t> missing_;        ///< [images] logits that have not arrived
  std::uint32_t images_done_ = 0;
};

}  // namespace sumline
