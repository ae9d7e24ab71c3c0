// SPDX-License-Identifier: Apache-2.0
#include "arch/pool_stage.hpp"

#include <vector>

#include "arch/code_output.hpp"

namespace sumline {

PoolStage::PoolStage(const sc_core::sc_module_name& name, RunState& run, Chip& chip, std::uint32_t layer)
    : sc_module(name), run_(run), chip_(chip), layer_(layer), requester_(run.requesters++) {
  SC_HAS_PROCESS(PoolStage);
  SC_THREAD(pool);
}

void PoolStage::pool() {
  const Layer& layer = run_.workload.layers[layer_];
  const Outlet& outlet = run_.wiring.layers[layer_];
  MaxPool& unit = chip_.tile(outlet.tile).max_pool;
  FeatureMap& source = run_.source(layer);
  std::vector<std::uint8_t> codes(layer.out.channels);
  for (std::uint32_t image = 0; image < run_.images; ++image) {
    run_.wait_until_free(outlet, image);
    for (std::uint32_t position = 0; position < layer.out.positions(); ++position) {
      source.wait_for(image, needed_inputs(layer, position));
      const Service service = unit.pool(requester_, layer_, layer, source.codes(image), position, codes);
      run_.recorder.worked(unit.name(), layer_, service);
      run_.recorder.layer_began(layer_, image, service);
      run_.recorder.layer_busy(layer_, image, service.duration);
      deliver(requester_, run_, chip_, outlet, codes.size());
      run_.maps[layer_]->store(image, position, codes);
      run_.recorder.layer_ended(layer_, image);
      run_.maps[layer_]->finish(1);
    }
  }
}

}  // namespace sumline
