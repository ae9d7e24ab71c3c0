// SPDX-License-Identifier: Apache-2.0
#include "components/max_pool.hpp"

#include <algorithm>

namespace sumline {
namespace {

struct Extent {
  std::uint32_t begin;
  std::uint32_t end;
  std::uint32_t size() const { return end - begin; }
};

/// Part of a window that lies on a map of `size` rows (or columns).
Extent window(const Layer& layer, std::uint32_t index, std::uint32_t size) {
  const std::uint32_t begin = index * layer.stride;
  const auto clip = [&](std::uint32_t edge) {
    return std::clamp(edge, layer.padding, size + layer.padding) - layer.padding;
  };
  return {clip(begin), clip(begin + layer.kernel)};
}

}  // namespace

MaxPool::MaxPool(const sc_core::sc_module_name& name, const ServiceConfig& config, ActionLedger& ledger)
    : sc_module(name), units_(config.per_tile), ledger_(ledger), arbiter_("arbiter", config.time) {}

Service MaxPool::pool(Requester& requester, std::size_t index, const Layer& layer,
                      std::span<const std::uint8_t> map, std::uint32_t position,
                      std::span<std::uint8_t> codes) {
  const Extent rows = window(layer, position / layer.out.width, layer.in.height);
  const Extent columns = window(layer, position % layer.out.width, layer.in.width);
  for (std::size_t channel = 0; channel < codes.size(); ++channel) {
    codes[channel] = 0;
    for (std::uint32_t row = rows.begin; row < rows.end; ++row) {
      const auto line = map.subspan((channel * layer.in.height + row) * layer.in.width, layer.in.width);
      for (std::uint32_t column = columns.begin; column < columns.end; ++column) {
        codes[channel] = std::max(codes[channel], line[column]);
      }
    }
  }
  const std::uint64_t compares = std::max<std::uint64_t>(std::uint64_t{rows.size()} * columns.size(), 1) - 1;
  ledger_.add(index, Action::pool_compare, codes.size() * compares);
  return arbiter_.use(requester, (codes.size() + units_ - 1) / units_ * compares);
}

}  // namespace sumline
