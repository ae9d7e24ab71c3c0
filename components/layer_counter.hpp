// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "components/model/read_counter.hpp"
#include "energy/actions.hpp"

namespace sumline {

/// Books actions to one layer: what the blocks of a bank hold, since a bank works for one layer.
class LayerCounter {
 public:
  LayerCounter(ActionLedger& ledger, std::size_t layer) : ledger_(&ledger), layer_(layer) {}
  void add(Action action, std::uint64_t times) const { ledger_->add(layer_, action, times); }
  void add(const ArrayCounts& counts) const { count_reads(*ledger_, layer_, counts); }

 private:
  ActionLedger* ledger_;
  std::size_t layer_;
};

}  // namespace sumline
