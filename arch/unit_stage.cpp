// SPDX-License-Identifier: Apache-2.0
#include "arch/unit_stage.hpp"

#include "components/model/pool_model.hpp"

namespace sumline {

UnitStage::UnitStage(const sc_core::sc_module_name& name, RunState& run, Chip& chip, ResultSink& sink,
                     std::uint32_t layer)
    : sc_module(name),
      run_(run),
      home_(chip.tile(run.mapping.homes[layer].tile)),
      layer_(layer),
      model_(run.models[layer]),
      requester_(run.requesters++),
      output_(run, chip, sink, layer),
      vector_(model_.layer().has_weights() ? model_.layer().rows() : 0),
      sums_(model_.layer().out.channels),
      codes_(model_.layer().out.channels) {
  SC_HAS_PROCESS(UnitStage);
  SC_THREAD(work);
}

void UnitStage::work() {
  const Layer& layer = model_.layer();
  for (std::uint32_t image = 0; image < run_.images; ++image) {
    run_.wait_until_free(run_.wiring.layers[layer_], image);
    for (std::uint32_t position = 0; position < layer.out.positions(); ++position) {
      run_.wait_for_inputs(layer, image, position);
      const Service service = compute(image, position);
      run_.recorder.layer_began(layer_, image, service);
      run_.recorder.layer_busy(layer_, image, service.duration);
      if (model_.passes_codes()) {
        output_.pass(requester_, image, position, codes_);
      } else {
        output_.emit(requester_, image, position, sums_);
      }
    }
  }
}

Service UnitStage::compute(std::uint32_t image, std::uint32_t position) {
  const Layer& layer = model_.layer();
  const MapView map = run_.map(layer.input).view(image);
  if (layer.has_weights()) return multiply(map, image, position);
  if (model_.passes_codes()) {
    model_.pass_codes(map, position, codes_);
  } else {
    model_.pool(map, position, sums_);
  }
  const std::uint64_t cells = window_part(layer, position).cells();
  const bool average = layer.kind == LayerKind::average_pool;
  const Service service = average ? home_.accumulator.add(requester_, layer_, layer.out.channels * cells)
                                  : home_.max_pool.pool(requester_, layer_, layer.out.channels, cells);
  run_.recorder.worked(average ? home_.accumulator.name() : home_.max_pool.name(), layer_, service);
  return service;
}

Service UnitStage::multiply(const MapView& map, std::uint32_t image, std::uint32_t position) {
  const Layer& layer = model_.layer();
  model_.gather(map, position, vector_);
  model_.multiply(vector_, 1, sums_);
  const std::uint64_t bits = vector_.size() * layer.activations.bits;
  home_.buffer.read(layer_, bits);
  const Service transfer = home_.bus.transfer(requester_, layer_, bits);
  run_.recorder.worked(home_.bus.name(), layer_, transfer);
  run_.recorder.layer_began(layer_, image, transfer);
  const Service service = home_.digital->multiply(requester_, layer_, vector_.size() * layer.out.channels);
  run_.recorder.worked(home_.digital->name(), layer_, service);
  return service;
}

}  // namespace sumline
