// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "arch/chip.hpp"
#include "arch/result_sink.hpp"
#include "arch/run_state.hpp"

namespace sumline {

/// The end of every layer, position by position: what enters z beside A - LUT - buffers of the readers; or the
/// sums themselves to who reads them; or the logits over the external link. Works in the layer's home tile.
class LayerOutput {
 public:
  LayerOutput(RunState& run, Chip& chip, ResultSink& sink, std::uint32_t layer);

  /// Blocks the calling thread, which is `requester`. @param accumulators A, [channels]
  void emit(Requester& requester, std::uint32_t image, std::uint32_t position,
            std::span<const std::int32_t> accumulators);
  /// The same for codes that only pass. @param codes [channels]
  void pass(Requester& requester, std::uint32_t image, std::uint32_t position,
            std::span<const std::uint8_t> codes);

 private:
  void add_inputs(Requester& requester, std::uint32_t image, std::uint32_t position);
  void add_residual(Requester& requester, std::uint32_t image, std::uint32_t position);
  void quantize(Requester& requester, const OutputSums& sums);
  void send_logits(Requester& requester, std::uint32_t image, std::uint32_t position, const OutputSums& sums);
  template <class Value>
  void hand_on(Requester& requester, std::uint32_t image, std::uint32_t position,
               std::span<const Value> values);
  void finish(std::uint32_t image);

  RunState& run_;
  Chip& chip_;
  ResultSink& sink_;
  const std::uint32_t layer_;
  const LayerModel& model_;
  const Layer& description_;
  const Outlet& outlet_;
  Tile& home_;
  std::vector<std::uint8_t> vector_;     ///< [rows] where X enters z
  std::vector<std::int32_t> input_sum_;  ///< [1] where X enters z
  std::vector<std::int32_t> residuals_;  ///< [channels] where there is a residual
  std::vector<std::uint8_t> codes_;      ///< [channels]
};

}  // namespace sumline
