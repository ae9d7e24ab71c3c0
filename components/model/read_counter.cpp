// SPDX-License-Identifier: Apache-2.0
#include "components/model/read_counter.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "components/model/wordline_groups.hpp"
#include "energy/error.hpp"

namespace sumline {
namespace {

/// `times` reads of such groups that drive `driven` wordlines altogether.
ArrayCounts reads_of(const GroupReads& reads, std::uint64_t times, std::uint64_t driven) {
  return {.ou_reads = times * reads.blocks,
          .conversions = times * reads.columns,
          .unit_conversions = times * reads.units,
          .wordline_activations = driven * reads.blocks,
          .cell_activations = driven * (reads.columns + reads.units),
          .cell_products = times * reads.products};
}

/// But for the products, which count_dense() adds up.
bool equal(const GroupReads& a, const GroupReads& b) {
  return a.blocks == b.blocks && a.columns == b.columns && a.units == b.units;
}

bool all_equal(const std::vector<GroupReads>& reads) {
  return std::ranges::all_of(reads, [&](const GroupReads& other) { return equal(reads.front(), other); });
}

}  // namespace

ArrayCounts& ArrayCounts::operator+=(const ArrayCounts& other) {
  ou_reads += other.ou_reads;
  conversions += other.conversions;
  unit_conversions += other.unit_conversions;
  wordline_activations += other.wordline_activations;
  cell_activations += other.cell_activations;
  cell_products += other.cell_products;
  return *this;
}

GroupReads& GroupReads::operator+=(const GroupReads& other) {
  blocks += other.blocks;
  columns += other.columns;
  units += other.units;
  products += other.products;
  return *this;
}

ReadCounter::ReadCounter(const OuConfig& ou, const ActivationSlicing& activations, std::uint32_t rows,
                         std::vector<GroupReads> reads, std::vector<DigitReads> classes)
    : ou_(ou),
      activations_(activations),
      rows_(rows),
      reads_(std::move(reads)),
      classes_(std::move(classes)),
      uniform_(all_equal(reads_)) {
  if (classes_.empty()) {
    DigitReads every_digit{};
    std::fill_n(every_digit.begin(), activations.digits, std::uint8_t{1});
    classes_.push_back(every_digit);
  }
}

bool ReadCounter::reads_like(const ReadCounter& other) const {
  return dense() && other.dense() && equal(reads_.front(), other.reads_.front());
}

void ReadCounter::merge(const ReadCounter& other) {
  SUMLINE_ASSERT(rows_ == other.rows_ && reads_.size() == other.reads_.size(), "counters of other wordlines");
  for (std::size_t group = 0; group < reads_.size(); ++group) {
    reads_[group] += other.reads_[group];
  }
  uniform_ = all_equal(reads_);
}

void count_reads(ActionLedger::Counts& layer, const ArrayCounts& counts) {
  const auto add = [&](Action action, std::uint64_t times) {
    layer[static_cast<std::size_t>(action)] += times;
  };
  add(Action::ou_read, counts.ou_reads);
  add(Action::wordline_activation, counts.wordline_activations);
  add(Action::cell_activation, counts.cell_activations);
  add(Action::cell_product, counts.cell_products);
  add(Action::column_sample, counts.conversions + counts.unit_conversions);
  add(Action::adc_conversion, counts.conversions);
  add(Action::unit_conversion, counts.unit_conversions);
  add(Action::shift_add, counts.conversions);
}

ArrayCounts ReadCounter::count(const BitPlanes& planes, std::size_t pac_class) const {
  ArrayCounts counts;
  WordlineMask storage;
  for (std::uint32_t digit = activations_.first_digit; digit < activations_.digits; ++digit) {
    const std::uint64_t times = classes_[pac_class][digit];
    if (times == 0) {
      continue;
    }
    const auto active = active_wordlines(planes, activations_, digit, storage);
    for_each_group(ou_.skipping, ou_.rows, active, rows_, [&](RowRange group) {
      // A run of compacted wordlines may span static groups; the mapper sees to it that these all take the
      // same.
      counts += reads_of(reads_[group.begin / ou_.rows], times, times * count_ones(active, group));
    });
  }
  return counts;
}

ArrayCounts ReadCounter::count_dense(std::uint64_t vectors, std::uint64_t active_digits,
                                     std::size_t pac_class) const {
  const DigitReads& digits = classes_[pac_class];
  const std::uint64_t times = std::accumulate(digits.begin(), digits.end(), std::uint64_t{0});
  ArrayCounts counts = reads_of(reads_.front(), vectors * times * reads_.size(), active_digits);
  // The last group may be short, which only cells that always work feel.
  std::uint64_t products = 0;
  for (const GroupReads& reads : reads_) products += reads.products;
  counts.cell_products = vectors * times * products;
  return counts;
}

}  // namespace sumline
