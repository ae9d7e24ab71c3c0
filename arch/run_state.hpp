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
#include "components/bank_timer.hpp"
#include "components/macro.hpp"
#include "components/model/pac_window.hpp"

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
  BankTimer bank_timer{"bank_timer"};
  /// At fidelity cycle, [workload.layers][regions]: the arrays with their periphery.
  std::vector<std::vector<std::unique_ptr<Macro>>> macros;
  std::uint32_t requesters = 0;  ///< ids given so far, in the order of construction

  /// What layer `source` hands on, -1 = the images.
  FeatureMap& map(std::int32_t source) {
    return source < 0 ? image_map : *maps[static_cast<std::size_t>(source)];
  }
  /// Blocks the calling process until what `layer` reads for output `position` is there.
  void wait_for_inputs(const Layer& layer, std::uint32_t image, std::uint32_t position);
  /// Blocks the calling process until nobody reads what a map holds from two images ago.
  void wait_until_free(const Outlet& outlet, std::uint32_t image);

 private:
  void add_macros(std::size_t layer);
};

}  // namespace sumline
