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

std::vector<Macro*> macros_of(const RunState& run, std::uint32_t layer, const BankPlacement& placement) {
  std::vector<Macro*> macros;
  for (const std::uint32_t index : placement.arrays) {
    macros.push_back(run.macros[layer][index].get());
  }
  return macros;
}

std::unique_ptr<VectorUnit> make_unit(RunState& run, std::uint32_t layer, const BankPlacement& placement,
                                      VectorUnit::Client& bank) {
  const auto arrays = arrays_of(run, layer, placement);
  const BankTiming timing(run.accelerator, arrays.front()->has_unit_column());
  switch (run.fidelity) {
    case Fidelity::job:
      return std::make_unique<JobUnit>("arrays", arrays, timing, LayerCounter(run.ledger, layer),
                                       run.bank_timer, bank);
    case Fidelity::cycle:
      return std::make_unique<OuController>("arrays", macros_of(run, layer, placement), timing,
                                            run.bank_timer, bank);
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
      run_(run),
      layer_(layer),
      bank_(placement.bank),
      track_("tile" + std::to_string(placement.tile) + ".bank" + std::to_string(placement.bank)),
      input_register_("input_register", Action::input_register_bit, traffic.input_bits, {run.ledger, layer}),
      output_register_("output_register", Action::output_register_bit, traffic.output_bits,
                       {run.ledger, layer}),
      unit_(make_unit(run, layer, placement, *this)) {}

void Bank::load_input() {
  input_register_.load();
  proceed();
}

void Bank::release_output() {
  output_register_.release();
  proceed();
}

void Bank::proceed() {
  if (busy_ || input_register_.empty() || !output_register_.has_room()) {
    return;
  }
  busy_ = true;
  start_ = now();
  PartialSums& sums = output_register_.acquire();
  sums.assign(outputs.count, 0);
  const InputVector& vector = input_register_.take();
  unit_->start(vector.codes, vector.pac_class, sums);
}

void Bank::vector_done() {
  busy_ = false;
  note(input_register_.take(), {start_, now() - start_});
  input_register_.release();
  output_register_.load();
  proceed();
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
