// SPDX-License-Identifier: Apache-2.0
#include "arch/sequencer.hpp"

namespace sumline {

Sequencer::Sequencer(const sc_core::sc_module_name& name, RunState& run)
    : sc_module(name), run_(run), serial_(run.accelerator.mapping.schedule == Schedule::layer_serial) {
  for (std::size_t phase = 0; phase < run.mapping.phases.size(); ++phase) {
    for (const Pass& pass : run.mapping.phases[phase].passes) {
      passes_.push_back(
          {pass, phase, run.workload.layers[pass.layer].out.positions(), std::make_unique<RasterProgress>()});
    }
  }
  if (!run.mapping.resident()) {
    SC_HAS_PROCESS(Sequencer);
    SC_THREAD(program);
  }
}

void Sequencer::wait_for_turn(std::size_t pass, std::uint32_t image) {
  if (!run_.mapping.resident()) {
    programmed_.wait_for(image * run_.mapping.phases.size() + passes_[pass].phase + 1);
  }
  if (serial_ && pass > 0) {
    wait_for_images(passes_[pass - 1], image + 1);
  }
  if (passes_[pass].pass.last_part) {
    run_.wait_until_free(run_.wiring.layers[passes_[pass].pass.layer], image);
  }
}

void Sequencer::wait_for_entry(std::uint32_t image) {
  if (serial_) {
    run_.maps.back()->wait_for_images(image);
  }
}

void Sequencer::wait_for_images(const PassState& pass, std::uint64_t images) {
  pass.progress->wait_for(images * pass.positions);
}

void Sequencer::program() {
  const std::vector<Phase>& phases = run_.mapping.phases;
  const sc_core::sc_time row = to_sc_time(run_.accelerator.array.write_time);
  for (std::uint32_t image = 0; image < run_.images; ++image) {
    for (std::size_t phase = 0; phase < phases.size(); ++phase) {
      const std::size_t before = phase == 0 ? phases.size() - 1 : phase - 1;
      for (const PassState& state : passes_) {
        if (state.phase == before) {
          wait_for_images(state, phase == 0 ? image : image + 1);
        }
      }
      const Service writing{now(), phases[phase].rows_written * row.value()};
      wait(femtoseconds(writing.duration));
      for (const Pass& pass : phases[phase].passes) {
        run_.ledger.add(pass.layer, Action::cell_write, cells(pass));
      }
      run_.recorder.worked("programming", "phase " + std::to_string(phase), writing);
      programmed_.advance();
    }
  }
}

std::uint64_t Sequencer::cells(const Pass& pass) const {
  std::uint64_t cells = pass.last_part ? weight_count_cells(*run_.mapping.layers[pass.layer]) : 0;
  for (const Replica& replica : pass.replicas) {
    for (const BankPlacement& bank : replica.banks) {
      for (const std::uint32_t index : bank.arrays) {
        const ArrayModel& array = run_.arrays[pass.layer][index];
        cells += std::uint64_t{array.rows()} * (array.columns() + (array.has_unit_column() ? 1 : 0));
      }
    }
  }
  return cells;
}

}  // namespace sumline
