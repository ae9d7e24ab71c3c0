// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "arch/event_engine.hpp"
#include "arch/feature_map.hpp"
#include "arch/layer_model.hpp"
#include "arch/recorder.hpp"
#include "arch/wiring.hpp"
#include "components/model/pac_window.hpp"
#include "components/slot_timer.hpp"

namespace sumline {

/// What the processes of one simulation share: the network as programmed, its maps, its counts and times.
struct RunState {
  RunState(const Workload& workload, const Accelerator& accelerator, const Mapping& mapping,
           Fidelity fidelity, std::uint64_t begin, std::uint64_t end, TraceSink* traces);

  const Workload& workload;
  const Accelerator& accelerator;
  const Mapping& mapping;
  const Fidelity fidelity;
  const std::uint64_t begin;   ///< first image in the workload
  const std::uint32_t images;  ///< processes number them from 0
  const Wiring wiring;
  std::vector<std::vector<ArrayModel>> arrays;          ///< [workload.layers][regions]
  std::vector<LayerModel> models;                       ///< [workload.layers]
  std::vector<std::optional<PacModel>> approximations;  ///< [workload.layers] where approximated
  ActionLedger ledger;
  std::vector<PacClassCounts> pac_classes;  ///< [workload.layers]
  Recorder recorder;
  FeatureMap image_map;
  std::vector<std::unique_ptr<FeatureMap>> maps;  ///< [workload.layers]
  SlotTimer slot_timer{"slot_timer"};
  std::uint32_t requesters = 0;  ///< ids given so far, in the order of construction

  /// What layer `source` hands on, -1 = the images.
  FeatureMap& map(std::int32_t source) {
    return source < 0 ? image_map : *maps[static_cast<std::size_t>(source)];
  }
  /// Blocks the calling process until what `layer` reads for output `position` is there.
  void wait_for_inputs(const Layer& layer, std::uint32_t image, std::uint32_t position);
  /// Blocks the calling process until nobody reads what a map holds from two images ago.
  void wait_until_free(const Outlet& outlet, std::uint32_t image);
};

}  // namespace sumline
