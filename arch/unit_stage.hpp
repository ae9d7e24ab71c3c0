// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <systemc>
#include <vector>

#include "arch/chip.hpp"
#include "arch/layer_output.hpp"
#include "arch/run_state.hpp"

namespace sumline {

/// A layer without arrays: pooling, or an exact layer in the digital units. It works position by position, as
/// soon as what lies under the window is there, in the units of its home tile.
class UnitStage : public sc_core::sc_module {
 public:
  UnitStage(const sc_core::sc_module_name& name, RunState& run, Chip& chip, ResultSink& sink,
            std::uint32_t layer);

 private:
  void work();
  /// Work of the layer's unit on one position.
  Service compute(std::uint32_t image, std::uint32_t position);
  Service multiply(const MapView& map, std::uint32_t image, std::uint32_t position);

  RunState& run_;
  Tile& home_;
  const std::uint32_t layer_;
  const LayerModel& model_;
  Requester requester_;
  LayerOutput output_;
  std::vector<std::uint8_t> vector_;  ///< [rows] of a layer with weights
  std::vector<std::int32_t> sums_;    ///< [channels]
  std::vector<std::uint8_t> codes_;   ///< [channels] that pass
};

}  // namespace sumline
