// SPDX-License-Identifier: Apache-2.0
#include "arch/layer_output.hpp"

#include "arch/layer_homes.hpp"
#include "components/model/pool_model.hpp"

namespace sumline {

LayerOutput::LayerOutput(RunState& run, Chip& chip, ResultSink& sink, std::uint32_t layer)
    : run_(run),
      chip_(chip),
      sink_(sink),
      layer_(layer),
      model_(run.models[layer]),
      description_(model_.layer()),
      outlet_(run.wiring.layers[layer]),
      home_(chip.tile(outlet_.tile)),
      codes_(description_.out.channels) {
  if (model_.needs_input_sums()) {
    vector_.resize(description_.rows());
    input_sum_.resize(1);
  }
  if (description_.residual >= 0) residuals_.resize(description_.out.channels);
}

void LayerOutput::emit(Requester& requester, std::uint32_t image, std::uint32_t position,
                       std::span<const std::int32_t> accumulators) {
  if (model_.needs_input_sums()) add_inputs(requester, image, position);
  if (description_.residual >= 0) add_residual(requester, image, position);
  const OutputSums sums{accumulators, input_sum_, residuals_};
  if (model_.lut()) {
    quantize(requester, sums);
    hand_on(requester, image, position, std::span<const std::uint8_t>(codes_));
  } else if (model_.logits()) {
    send_logits(requester, image, position, sums);
  } else {
    run_.ledger.add(layer_, Action::tile_register_bit,
                    accumulators.size() * run_.mapping.homes[layer_].accumulator_bits);
    hand_on(requester, image, position, accumulators);
  }
  finish(image);
}

void LayerOutput::pass(Requester& requester, std::uint32_t image, std::uint32_t position,
                       std::span<const std::uint8_t> codes) {
  hand_on(requester, image, position, codes);
  finish(image);
}

void LayerOutput::add_inputs(Requester& requester, std::uint32_t image, std::uint32_t position) {
  model_.gather(run_.map(description_.input).view(image), position, vector_);
  model_.input_sums(vector_, input_sum_);
  run_.recorder.worked(home_.accumulator.name(), layer_,
                       home_.accumulator.add(requester, layer_, vector_.size()));
}

void LayerOutput::add_residual(Requester& requester, std::uint32_t image, std::uint32_t position) {
  const bool windows = description_.kind == LayerKind::average_pool;
  FeatureMap& map = run_.map(description_.residual);
  map.wait_for(image, windows ? needed_inputs(description_, position) : position + 1);
  model_.residuals(map.view(image), position, residuals_);
  const std::uint64_t values =
      residuals_.size() * (windows ? window_part(description_, position).cells() : 1);
  const std::uint64_t bits = values * element_bits(run_.workload, run_.mapping, description_.residual);
  home_.buffer.read(layer_, bits);
  run_.recorder.worked(home_.bus.name(), layer_, home_.bus.transfer(requester, layer_, bits));
  run_.recorder.worked(home_.accumulator.name(), layer_, home_.accumulator.add(requester, layer_, values));
}

void LayerOutput::quantize(Requester& requester, const OutputSums& sums) {
  const Service service =
      home_.lut.quantize(requester, layer_, *model_.lut(), description_.quantizer.format.bits, sums, codes_);
  run_.recorder.worked(home_.lut.name(), layer_, service);
}

void LayerOutput::send_logits(Requester& requester, std::uint32_t image, std::uint32_t position,
                              const OutputSums& sums) {
  Link& link = chip_.external_link();
  const std::uint64_t bits = sums.accumulators.size() * run_.mapping.homes[layer_].accumulator_bits;
  run_.recorder.worked(link.name(), layer_, link.transfer(requester, layer_, bits));
  sink_.take(model_, image, position, sums);
}

/// Over the routers into the buffer of each reader's home tile. Readers that pool take values where they are.
template <class Value>
void LayerOutput::hand_on(Requester& requester, std::uint32_t image, std::uint32_t position,
                          std::span<const Value> values) {
  for (const BufferedCopy& copy : outlet_.copies) {
    const std::uint32_t home = run_.mapping.homes[copy.reader].tile;
    if (copy.encoded_bits > 0) home_.sparsity_encoder->encode(copy.reader, copy.encoded_bits);
    chip_.route(requester, copy.reader, outlet_.tile, home, copy.pixel_bits);
    chip_.tile(home).buffer.write(copy.reader, copy.pixel_bits);
  }
  run_.maps[layer_]->store(image, position, values);
}

void LayerOutput::finish(std::uint32_t image) {
  run_.recorder.layer_ended(layer_, image);
  run_.maps[layer_]->finish(1);
}

}  // namespace sumline
