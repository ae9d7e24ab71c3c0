// SPDX-License-Identifier: Apache-2.0
#include "arch/run_state.hpp"

namespace sumline {

RunState::RunState(const Workload& workload_, const Accelerator& accelerator_, const Mapping& mapping_,
                   Fidelity fidelity_, std::uint64_t begin_, std::uint64_t end, TraceSink* traces)
    : workload(workload_),
      accelerator(accelerator_),
      mapping(mapping_),
      fidelity(fidelity_),
      begin(begin_),
      images(static_cast<std::uint32_t>(end - begin_)),
      wiring(workload_, mapping_),
      ledger(workload_.layers.size()),
      recorder(workload_, images, traces),
      image_map(workload_.image) {
  const LutConfig& lut = accelerator.tile.lut;
  for (std::size_t index = 0; index < workload.layers.size(); ++index) {
    const Layer& layer = workload.layers[index];
    arrays.push_back(layer.has_weights() ? program_arrays(layer, *mapping.layers[index], accelerator)
                                         : std::vector<ArrayModel>());
    tables.push_back(layer.requantize
                         ? std::optional<LutModel>(std::in_place, layer, lut.mode, lut.index_bits)
                         : std::nullopt);
    maps.push_back(std::make_unique<FeatureMap>(layer.out));
  }
}

void RunState::wait_until_free(const Outlet& outlet, std::uint32_t image) {
  for (const std::uint32_t reader : outlet.readers) {
    maps[reader]->wait_for_images(image < 2 ? 0 : image - 1);
  }
}

}  // namespace sumline
