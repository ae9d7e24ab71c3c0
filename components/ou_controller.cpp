// SPDX-License-Identifier: Apache-2.0
#include "components/ou_controller.hpp"

#include "components/sim_time.hpp"

namespace sumline {

OuController::OuController(const sc_core::sc_module_name& name, std::span<const ArrayModel* const> arrays,
                           BankTiming timing, LayerCounter counter, SlotTimer& timer)
    : sc_module(name),
      outputs_(arrays),
      slot_(timing.slot),
      shift_add_(femtoseconds(timing.shift_add)),
      timer_(timer) {
  for (const ArrayModel* array : arrays) {
    const std::string macro = "macro" + std::to_string(macros_.size());
    macros_.push_back(std::make_unique<Macro>(macro.c_str(), *array, counter));
  }
}

void OuController::start(std::span<const std::uint8_t> codes, std::size_t pac_class,
                         std::span<std::int32_t> accumulators) {
  for (const auto& macro : macros_) {
    const RowRange rows = macro->array().region().rows;
    macro->start(codes.subspan(rows.begin, rows.size()), pac_class,
                 outputs_.of(macro->array(), accumulators));
  }
  if (step_all()) {
    timer_.begin(slot_, *this);
  } else {
    done_.notify(sc_core::SC_ZERO_TIME);
  }
}

void OuController::slot_passed() {
  if (step_all()) {
    timer_.begin(slot_, *this);
  } else {
    done_.notify(shift_add_);
  }
}

bool OuController::step_all() {
  bool busy = false;
  for (const auto& macro : macros_) {
    busy = macro->step() || busy;
  }
  return busy;
}

VectorCounts OuController::counts() const {
  VectorCounts total;
  for (const auto& macro : macros_) {
    total.ou_reads += macro->counts().ou_reads;
    total.conversions += macro->counts().conversions;
  }
  return total;
}

std::uint64_t OuController::saturated() const {
  std::uint64_t saturated = 0;
  for (const auto& macro : macros_) {
    saturated += macro->saturated();
  }
  return saturated;
}

}  // namespace sumline
