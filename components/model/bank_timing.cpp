// SPDX-License-Identifier: Apache-2.0
#include "components/model/bank_timing.hpp"

#include <algorithm>

#include "components/model/femtoseconds.hpp"

namespace sumline {
namespace {

std::uint64_t slot_length(const Accelerator& accelerator, bool unit_column) {
  const std::uint64_t bitlines = accelerator.ou.columns + (unit_column ? 1U : 0U);
  const std::uint64_t rounds = (bitlines + accelerator.adc.per_array - 1) / accelerator.adc.per_array;
  const Second conversion = adc_figures(accelerator.adc.cost, accelerator.adc.bits).time;
  return std::max(to_femtoseconds(accelerator.array.read_time), rounds * to_femtoseconds(conversion));
}

}  // namespace

BankTiming::BankTiming(const Accelerator& accelerator, bool unit_column)
    : slot(slot_length(accelerator, unit_column)),
      shift_add(to_femtoseconds(accelerator.bank.shift_add_time)) {}

}  // namespace sumline
