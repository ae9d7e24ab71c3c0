// SPDX-License-Identifier: Apache-2.0
#include "components/ou_controller.hpp"

#include <utility>

namespace sumline {
namespace {

std::vector<const ArrayModel*> arrays_of(std::span<Macro* const> macros) {
  std::vector<const ArrayModel*> arrays;
  for (const Macro* macro : macros) {
    arrays.push_back(&macro->array());
  }
  return arrays;
}

}  // namespace

OuController::OuController(const sc_core::sc_module_name& name, std::span<Macro* const> macros,
                           BankTiming timing, BankTimer& timer, VectorUnit::Client& client)
    : sc_module(name),
      slot_(timer.slots(timing.slot, timing.drain())),
      drain_(timer.jobs(timing.drain())),
      nothing_(timer.jobs(0)),
      client_(client),
      outputs_(arrays_of(macros)) {
  for (Macro* macro : macros) {
    arrays_.push_back({macro, &macro->add_replica()});
  }
}

void OuController::start(std::span<const std::uint8_t> codes, std::size_t pac_class,
                         std::span<std::int32_t> accumulators) {
  for (const Array& array : arrays_) {
    const ArrayModel& model = array.macro->array();
    const RowRange rows = model.region().rows;
    array.macro->start(*array.replica, codes.subspan(rows.begin, rows.size()), pac_class,
                       outputs_.of(model, accumulators));
  }
  begin_slot(nothing_);  // a vector without reads takes no time
}

void OuController::time_passed() {
  if (std::exchange(draining_, false)) {
    client_.vector_done();
  } else {
    begin_slot(drain_);
  }
}

void OuController::begin_slot(BankTimer::Spans& rest) {
  bool reads = false;
  for (const Array& array : arrays_) {
    reads = array.macro->step(*array.replica) || reads;
  }
  draining_ = !reads;
  (reads ? slot_ : rest).begin(*this);
}

VectorCounts OuController::counts() const {
  VectorCounts total;
  for (const Array& array : arrays_) {
    const VectorCounts& counts = array.replica->counts;
    total.ou_reads += counts.ou_reads;
    total.conversions += counts.conversions;
  }
  return total;
}

std::uint64_t OuController::saturated() const {
  std::uint64_t saturated = 0;
  for (const Array& array : arrays_) {
    saturated += array.replica->saturated;
  }
  return saturated;
}

}  // namespace sumline
