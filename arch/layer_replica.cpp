// SPDX-License-Identifier: Apache-2.0
#include "arch/layer_replica.hpp"

#include <algorithm>
#include <functional>

#include "arch/code_output.hpp"
#include "components/model/input_vectors.hpp"

namespace sumline {

LayerReplica::LayerReplica(const sc_core::sc_module_name& name, RunState& run, Chip& chip,
                           Sequencer& sequencer, ResultSink& sink, const PassRole& role,
                           std::uint32_t replica)
    : sc_module(name),
      run_(run),
      chip_(chip),
      sequencer_(sequencer),
      sink_(sink),
      role_(role),
      description_(run.workload.layers[role.pass.layer]),
      outlet_(run.wiring.layers[role.pass.layer]),
      replica_(replica),
      positions_(static_cast<std::uint32_t>(description_.out.positions())),
      sums_(description_.out.channels),
      codes_(description_.out.channels),
      requester_(run.requesters++) {
  for (const BankPlacement& placement : role.pass.replicas[replica].banks) {
    const std::string bank =
        "tile" + std::to_string(placement.tile) + "_bank" + std::to_string(placement.bank);
    banks_.push_back(std::make_unique<Bank>(bank.c_str(), run, chip, layer(), placement));
  }
  SC_HAS_PROCESS(LayerReplica);
  SC_THREAD(dispatch);
  SC_THREAD(collect);
}

void LayerReplica::dispatch() {
  const bool serial = run_.accelerator.mapping.schedule == Schedule::layer_serial;
  const auto step = static_cast<std::uint32_t>(role_.pass.replicas.size());
  FeatureMap& source = run_.source(description_);
  for (std::uint32_t image = 0; image < run_.images; ++image) {
    sequencer_.wait_for_turn(role_.number, image);
    if (role_.pass.last_part) {
      run_.wait_until_free(outlet_, image);
    }
    for (std::uint32_t position = replica_; position < positions_; position += step) {
      source.wait_for(image, serial ? source.positions() : needed_inputs(description_, position));
      auto vector = std::make_shared<InputVector>(
          InputVector{image, position, std::vector<std::uint8_t>(description_.rows())});
      gather_inputs(description_, source.codes(image), position, vector->codes);
      for (const auto& bank : banks_) {
        bank->vectors.write(vector);
      }
    }
  }
}

void LayerReplica::collect() {
  const auto step = static_cast<std::uint32_t>(role_.pass.replicas.size());
  for (std::uint32_t image = 0; image < run_.images; ++image) {
    for (std::uint32_t position = replica_; position < positions_; position += step) {
      gather_sums(position);
      finish(image, position);
      sequencer_.finish(role_.number, image, position);
    }
  }
}

void LayerReplica::gather_sums(std::uint32_t position) {
  std::fill(sums_.begin(), sums_.end(), 0);
  for (const auto& bank : banks_) {
    const auto part = bank->results.read();
    std::int32_t* sum = sums_.data() + bank->outputs().first;
    for (const std::int32_t accumulator : part->accumulators) {
      *sum++ += accumulator;
    }
  }
  if (!role_.first_part) {  // the parts before have finished by now
    std::ranges::transform(sums_, partial_sums(position), sums_.begin(), std::plus<>());
  }
}

void LayerReplica::finish(std::uint32_t image, std::uint32_t position) {
  if (!role_.pass.last_part) {
    std::ranges::copy(sums_, partial_sums(position).begin());
    return;
  }
  if (description_.requantize) {
    emit_codes(image, position);
  } else {
    emit_logits(image, position);
  }
  run_.recorder.layer_ended(layer(), image);
  run_.maps[layer()]->finish(image, position);
}

void LayerReplica::emit_codes(std::uint32_t image, std::uint32_t position) {
  LutUnit& lut = chip_.tile(outlet_.tile).lut;
  const Service service =
      lut.quantize(requester_, layer(), *run_.tables[layer()], description_.quantizer.bits, sums_, codes_);
  run_.recorder.worked(lut.name(), layer(), service);
  deliver(requester_, run_, chip_, outlet_, codes_.size());
  run_.maps[layer()]->store(image, position, codes_);
}

void LayerReplica::emit_logits(std::uint32_t image, std::uint32_t position) {
  Link& link = chip_.external_link();
  const std::uint64_t bits = sums_.size() * run_.mapping.layers[layer()]->accumulator_bits;
  run_.recorder.worked(link.name(), layer(), link.transfer(requester_, layer(), bits));
  sink_.take(description_, image, position, sums_);
}

std::span<std::int32_t> LayerReplica::partial_sums(std::uint32_t position) {
  return std::span(role_.partial_sums).subspan(position * sums_.size(), sums_.size());
}

std::uint64_t LayerReplica::saturated() const {
  std::uint64_t saturated = 0;
  for (const auto& bank : banks_) {
    saturated += bank->saturated();
  }
  return saturated;
}

}  // namespace sumline
