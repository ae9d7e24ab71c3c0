// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "traces/workload.hpp"

/// What a workload's graph means beside its matrices, output by output in plain loops: how maps are read, what
/// pooling does, what enters z. Shares no code with components/model.
namespace sumline::test {

/// What one layer made of one image.
struct ReferenceMap {
  std::vector<std::int64_t> accumulators;  ///< [out]; empty for a max_pool of codes
  std::vector<std::uint8_t> codes;         ///< [out]; empty where sums or logits are handed on
};

/// One image on its way: layers are added in order, each reads what stands before it.
class ReferenceGraph {
 public:
  ReferenceGraph(const Workload& workload, std::size_t image);

  /// The code on row `row` of the input vector of output position `position`.
  std::uint8_t input_code(const Layer& layer, std::size_t row, std::size_t position) const;
  /// A of a pooling layer, or the codes that a max_pool passes on.
  ReferenceMap pool(const Layer& layer) const;
  /// z of every output.
  std::vector<double> real_values(const Layer& layer, const std::vector<std::int64_t>& accumulators) const;
  /// Codes as the workload defines them.
  std::vector<std::uint8_t> quantize(const Layer& layer, const std::vector<std::int64_t>& accumulators) const;

  void add(ReferenceMap map) { maps_.push_back(std::move(map)); }
  const std::vector<ReferenceMap>& maps() const { return maps_; }

 private:
  /// The integer that a pooling layer reads there.
  std::int64_t input_value(const Layer& layer, std::size_t channel, std::size_t y, std::size_t x) const;
  std::int64_t residual(const Layer& layer, std::size_t output) const;
  std::uint8_t read(const Layer& layer, std::size_t index) const;

  const Workload& workload_;
  const std::vector<std::uint8_t> pixels_;
  std::vector<ReferenceMap> maps_;
};

}  // namespace sumline::test
