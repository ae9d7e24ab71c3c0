// SPDX-License-Identifier: Apache-2.0
#include "components/model/bank_timing.hpp"

#include <algorithm>

#include "components/model/femtoseconds.hpp"
#include "configs/cost.hpp"

namespace sumline {
namespace {

std::uint64_t slot_length(const Accelerator& accelerator, bool unit_column) {
  const std::uint64_t bitlines = accelerator.ou.columns + (unit_column ? 1U : 0U);
  const std::uint64_t rounds = (bitlines + accelerator.adc.per_array - 1) / accelerator.adc.per_array;
  const Second conversion = readout_figures(accelerator.adc).time;
  return std::max(to_femtoseconds(accelerator.array.read_time), rounds * to_femtoseconds(conversion));
}

}  // namespace

BankTiming::BankTiming(const Accelerator& accelerator, bool unit_column)
    : slot(slot_length(accelerator, unit_column)),
      shift_add(to_femtoseconds(accelerator.bank.shift_add_time)),
      fill(accelerator.adc.readout == ReadoutKind::adder_tree ? 0 : 1) {}

}  // namespace sumline
