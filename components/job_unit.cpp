// SPDX-License-Identifier: Apache-2.0
#include "components/job_unit.hpp"

#include <algorithm>

namespace sumline {

JobUnit::JobUnit(const sc_core::sc_module_name& name, std::span<const ArrayModel* const> arrays,
                 BankTiming timing, LayerCounter counter, BankTimer& timer, VectorUnit::Client& client)
    : sc_module(name),
      arrays_(arrays.begin(), arrays.end()),
      outputs_(arrays),
      timing_(timing),
      counter_(counter),
      timer_(timer),
      client_(client) {}

void JobUnit::start(std::span<const std::uint8_t> codes, std::size_t pac_class,
                    std::span<std::int32_t> accumulators) {
  counts_ = {};
  std::uint64_t most_reads = 0;
  for (const ArrayModel* array : arrays_) {
    const RowRange rows = array->region().rows;
    const auto array_codes = codes.subspan(rows.begin, rows.size());
    const bool by_codes = array->counted_by_codes();
    if (!by_codes || !array->lossless()) {
      array->activations().split(array_codes, planes_);
    }
    const ArrayCounts counts = by_codes ? array->count(array_codes) : array->count(planes_, pac_class);
    book(*array, counts);
    saturated_ += array->accumulate(array_codes, planes_, outputs_.of(*array, accumulators), pac_class);
    counts_.ou_reads += counts.ou_reads;
    counts_.conversions += counts.conversions;
    most_reads = std::max(most_reads, counts.ou_reads);
  }
  timer_.jobs(timing_.duration(most_reads)).begin(*this);
}

void JobUnit::book(const ArrayModel& array, const ArrayCounts& counts) {
  counter_.add(counts);
  if (array.corrects_offset() && !array.has_unit_column()) {
    counter_.add(Action::offset_add, array.rows());
  }
}

}  // namespace sumline
