// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "components/model/read_counter.hpp"
#include "energy/actions.hpp"

namespace sumline {

/// Books actions to one layer: what the blocks of a bank hold, since a bank works for one layer.
class LayerCounter {
 public:
  LayerCounter(ActionLedger& ledger, std::size_t layer) : counts_(&ledger.of(layer)) {}
  void add(Action action, std::uint64_t times) const {
    (*counts_)[static_cast<std::size_t>(action)] += times;
  }
  void add(const ArrayCounts& counts) const { count_reads(*counts_, counts); }

 private:
  ActionLedger::Counts* counts_;
};

}  // namespace sumline
