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
      return std::make_unique<OuController>("arrays", arrays, timing, counter, run.slot_timer);
  }
  return nullptr;
}

}  // namespace

Bank::Bank(const sc_core::sc_module_name& name, RunState& run, std::uint32_t layer,
           const BankPlacement& placement)
    : sc_module(name),
      tile(placement.tile),
      traffic(bank_traffic(run.mapping, layer, placement)),
      outputs(arrays_of(run, layer, placement)),
      input_register("input_register", Action::input_register_bit, traffic.input_bits, {run.ledger, layer}),
      output_register("output_register", Action::output_register_bit, traffic.output_bits,
                      {run.ledger, layer}),
      run_(run),
      layer_(layer),
      bank_(placement.bank),
      track_("tile" + std::to_string(placement.tile) + ".bank" + std::to_string(placement.bank)),
      unit_(make_unit(run, layer, arrays_of(run, layer, placement))) {
  SC_HAS_PROCESS(Bank);
  SC_METHOD(proceed);
}

void Bank::proceed() {
  if (busy_) {
    finish();
  }
  if (input_register.empty()) {
    next_trigger(input_register.filled());
  } else if (!output_register.has_room()) {
    next_trigger(output_register.freed());
  } else {
    begin();
    next_trigger(unit_->done());
  }
}

void Bank::begin() {
  PartialSums& sums = output_register.acquire();
  sums.assign(outputs.count, 0);
  busy_ = true;
  start_ = now();
  const InputVector& vector = input_register.take();
  unit_->start(*vector.codes, vector.pac_class, sums);
}

void Bank::finish() {
  busy_ = false;
  note(input_register.take(), {start_, now() - start_});
  input_register.release();
  output_register.load();
}

void Bank::note(const InputVector& vector, Service job) {
  run_.recorder.worked(track_.c_str(), layer_, job);
  run_.recorder.layer_busy(layer_, vector.image, job.duration);
  if (run_.recorder.traced()) {
    const VectorCounts counts = unit_->counts();
    run_.recorder.job({job.start, job.duration, tile, bank_, layer_, run_.begin + vector.image,
                       vector.position, counts.ou_reads, counts.conversions});
  }
}

}  // namespace sumline
