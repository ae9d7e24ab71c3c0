// SPDX-License-Identifier: Apache-2.0
#include "arch/bank.hpp"

#include "components/job_unit.hpp"
#include "components/ou_controller.hpp"

namespace sumline {
namespace {

std::vector<const ArrayModel*> arrays_of(const RunState& run, std::uint32_t layer,
                                         const BankPlacement& placement) {
  std::vector<const ArrayModel*> arrays;
  for (const std::uint32_t index : placement.arrays) {
    arrays.push_back(&run.arrays[layer][index]);
  }
  return arrays;
}

std::unique_ptr<VectorUnit> make_unit(RunState& run, std::uint32_t layer,
                                      std::span<const ArrayModel* const> arrays) {
  const BankTiming timing(run.accelerator, arrays.front()->has_unit_column());
  const LayerCounter counter(run.ledger, layer);
  switch (run.fidelity) {
    case Fidelity::job:
      return std::make_unique<JobUnit>("arrays", arrays, timing, counter);
    case Fidelity::cycle:
      return std::make_unique<OuController>("arrays", arrays, timing, counter);
  }
  return nullptr;
}

}  // namespace

Bank::Bank(const sc_core::sc_module_name& name, RunState& run, Chip& chip, std::uint32_t layer,
           const BankPlacement& placement)
    : sc_module(name),
      vectors("vectors", 1),
      results("results", 1),
      run_(run),
      chip_(chip),
      layer_(layer),
      tile_(placement.tile),
      home_(run.mapping.layers[layer]->home_tile),
      traffic_(bank_traffic(*run.mapping.layers[layer], placement)),
      track_("tile" + std::to_string(placement.tile) + ".bank" + std::to_string(placement.bank)),
      outputs_(arrays_of(run, layer, placement)),
      input_register_("input_register", Action::input_register_bit, traffic_.input_bits, {run.ledger, layer}),
      unit_(make_unit(run, layer, arrays_of(run, layer, placement))),
      output_register_("output_register", Action::output_register_bit, traffic_.output_bits,
                       {run.ledger, layer}),
      fetcher_(run.requesters++),
      sender_(run.requesters++) {
  SC_HAS_PROCESS(Bank);
  SC_THREAD(fetch);
  SC_THREAD(compute);
  SC_THREAD(send);
}

void Bank::fetch() {
  Tile& home = chip_.tile(home_);
  for (;;) {
    const auto vector = vectors.read();
    input_register_.acquire();
    home.buffer.read(layer_, traffic_.input_bits);
    const Service transfer = home.bus.transfer(fetcher_, layer_, traffic_.input_bits);
    run_.recorder.worked(home.bus.name(), layer_, transfer);
    run_.recorder.layer_began(layer_, vector->image, transfer);
    chip_.route(fetcher_, layer_, home_, tile_, traffic_.input_bits);
    input_register_.load(vector);
  }
}

void Bank::compute() {
  for (;;) {
    const auto vector = input_register_.take();
    output_register_.acquire();
    auto sums =
        std::make_shared<PartialSums>(PartialSums{vector->image, std::vector<std::int32_t>(outputs_.count)});
    const std::uint64_t start = now();
    unit_->compute(vector->codes, sums->accumulators);
    const Service job{start, now() - start};
    run_.recorder.worked(track_.c_str(), layer_, job);
    run_.recorder.layer_busy(layer_, vector->image, job.duration);
    input_register_.release();
    output_register_.load(std::move(sums));
  }
}

void Bank::send() {
  Tile& home = chip_.tile(home_);
  for (;;) {
    const auto sums = output_register_.take();
    chip_.route(sender_, layer_, tile_, home_, traffic_.output_bits);
    run_.recorder.worked(home.bus.name(), layer_, home.bus.transfer(sender_, layer_, traffic_.output_bits));
    output_register_.release();
    home.accumulator.add(sender_, layer_, traffic_.outputs);
    results.write(sums);
  }
}

}  // namespace sumline
