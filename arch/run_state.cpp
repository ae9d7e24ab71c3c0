// SPDX-License-Identifier: Apache-2.0
#include "arch/run_state.hpp"

#include <string>

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
      pac_classes(workload_.layers.size()),
      recorder(workload_, images, traces),
      image_map(workload_.image, Content::codes) {
  models.reserve(workload.layers.size());
  for (std::size_t index = 0; index < workload.layers.size(); ++index) {
    const Layer& layer = workload.layers[index];
    arrays.push_back(mapping.layers[index] ? program_arrays(layer, *mapping.layers[index], accelerator)
                                           : std::vector<ArrayModel>());
    const bool approximated = mapping.layers[index] && mapping.layers[index]->rule;
    approximations.push_back(approximated
                                 ? std::optional<PacModel>(std::in_place, layer, *mapping.layers[index]->rule)
                                 : std::nullopt);
    models.emplace_back(workload, accelerator, mapping, index);
    maps.push_back(
        std::make_unique<FeatureMap>(layer.out, content_of(workload, static_cast<std::int32_t>(index))));
    macros.emplace_back();
    if (fidelity == Fidelity::cycle) {
      add_macros(index);
    }
  }
}

void RunState::add_macros(std::size_t layer) {
  for (const ArrayModel& array : arrays[layer]) {
    const std::string name =
        "layer" + std::to_string(layer) + "_macro" + std::to_string(macros[layer].size());
    macros[layer].push_back(std::make_unique<Macro>(name.c_str(), array, LayerCounter(ledger, layer)));
  }
}

void RunState::wait_for_inputs(const Layer& layer, std::uint32_t image, std::uint32_t position) {
  FeatureMap& source = map(layer.input);
  const bool all = layer.kind == LayerKind::linear;
  source.wait_for(image, all ? source.positions() : needed_inputs(layer, position));
}

void RunState::wait_until_free(const Outlet& outlet, std::uint32_t image) {
  for (const std::uint32_t reader : outlet.readers) {
    maps[reader]->wait_for_images(image < 2 ? 0 : image - 1);
  }
}

}  // namespace sumline
